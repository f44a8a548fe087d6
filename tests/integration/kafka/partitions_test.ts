import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { Partitioners } from "kafkajs";
import { openKafkaLog } from "@/adapters/kafka/event_log.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { DAY } from "@/domain/hours.ts";
import type { RunningConsumer } from "@/application/messaging/consuming/consumer.ts";
import { TOPICS } from "@/application/published/topics.ts";
import { consumerPart } from "@/services/shared/health/readiness.ts";
import { watchedConsumer } from "@/services/shared/health/watched_consumer.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { BROKERS, type OwnTopics, ownTopics } from "@/tests/support/kafka/kafka_topic.ts";
import { silent as logger } from "@/tests/support/samples.ts";
import { consumer, viewed } from "@/tests/support/trend/trend_consumer.ts";

const TOPIC = TOPICS.activityEvents;
const GROUP = "trend";

if (BROKERS.length > 0) {
  describe("the partitions of a Kafka topic, all of them", () => {
    let own: OwnTopics;
    let running: RunningConsumer[];
    beforeEach(async () => {
      own = await ownTopics([TOPIC], 3);
      running = [];
    });
    afterEach(async () => {
      for (const one of running) await one.stop();
      await own.close();
    });
    const begin = async (options: Parameters<typeof consumer>[1] = {}) => {
      const one = await consumer(own.log, options);
      const watched = watchedConsumer(one, { clock, logger });
      running.push(watched);
      return { ...one, watched };
    };
    /** As many views as there are readers, spread over the partitions. */
    const send = (from: number, count: number) =>
      own.log.append(Array.from({ length: count }, (_, at) => viewed(`e${from + at}`, `reader${from + at}`)));
    const name = () => own.parts.prefix + TOPIC;
    const group = () => own.parts.prefix + GROUP;
    const lags = async (one: RunningConsumer) => (await one.lag()).map(({ messages }) => messages);

    it("have their lag told when a stranger of the group takes some and does nothing; it is named, and nothing is ready", async () => {
      const one = await begin();
      await one.joined;
      const stranger = own.kafka.consumer({ groupId: group(), sessionTimeout: 10_000, heartbeatInterval: 500 });
      await stranger.connect();
      await stranger.subscribe({ topics: [name()], fromBeginning: false });
      await stranger.run({ eachMessage: () => Promise.resolve() });
      const taken = await eventually(async () => {
        const kinds = (await one.lag()).map(({ owner }) => owner?.kind);
        return kinds.includes("stranger") && kinds.includes("self") &&
          kinds.filter((kind) => kind === "stranger").length;
      });
      await send(0, 60);
      await eventually(async () => {
        const all = await one.lag();
        return all.every(({ owner, messages }) => owner?.kind === "stranger" ? messages > 0 : messages === 0);
      });
      expect((await lags(one)).filter((messages) => messages > 0).length).toBe(taken);
      const part = consumerPart(one.watched, clock);
      const fault = await eventually(async () => {
        const { ok, detail } = await part(false);
        return !ok && detail;
      });
      expect(fault).toMatch(
        /^bookstream\.activity\.events\/\d stands still: \d+ messages have waited for \d+ s, as a member of the group that is not of this suite has it \(rogue at .+\)/,
      );
      await stranger.disconnect();
      await eventually(async () => (await lags(one)).every((messages) => messages === 0) && (await part(false)).ok);
    });

    it("are read within seconds when one is added, and have its lag told", async () => {
      const one = await begin();
      await send(0, 9);
      await eventually(() => one.state().handled === 9);
      await own.admin.createPartitions({ topicPartitions: [{ topic: name(), count: 4 }] });
      const from = Date.now();
      const producer = own.kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
      await producer.connect();
      const { key, value, headers } = viewed("added", "reader");
      const message = { partition: 3, key: Buffer.from(key!), value: Buffer.from(value!), headers };
      await eventually(() => producer.send({ topic: name(), messages: [message] }).then(() => true));
      await producer.disconnect();
      await eventually(() => one.state().handled === 10);
      expect(Date.now() - from).toBeLessThan(15_000);
      await eventually(async () => (await lags(one)).join() === "0,0,0,0");
    });

    it("have no lag left by the marks of transactions, whether these were stored or aborted", async () => {
      const one = await begin();
      const producer = own.kafka.producer({
        transactionalId: own.parts.prefix,
        maxInFlightRequests: 1,
        idempotent: true,
        createPartitioner: Partitioners.DefaultPartitioner,
      });
      await producer.connect();
      const views = (from: number) =>
        Array.from({ length: 12 }, (_, at) => {
          const { key, value, headers } = viewed(`t${from + at}`, `reader${from + at}`);
          return { partition: at % 3, key: Buffer.from(key!), value: Buffer.from(value!), headers };
        });
      const transact = async (from: number, end: "commit" | "abort") => {
        const transaction = await producer.transaction();
        await transaction.send({ topic: name(), messages: views(from) });
        await transaction[end]();
      };
      await transact(0, "abort");
      await eventually(async () => (await lags(one)).join() === "0,0,0");
      await transact(20, "commit");
      await eventually(() => one.state().handled === 12);
      await eventually(async () => (await lags(one)).join() === "0,0,0");
      await transact(40, "abort");
      await eventually(async () => (await lags(one)).join() === "0,0,0");
      const ends = await own.admin.fetchTopicOffsets(name());
      expect(ends.map(({ high }) => Number(high))).toEqual([15, 15, 15]);
      const { store } = one;
      await one.stop();
      // A reader that begins after such marks finds what comes next, once.
      const two = await begin({ store });
      await transact(60, "commit");
      await send(80, 6);
      await eventually(() => two.state().handled === 18);
      await eventually(async () => (await lags(two)).join() === "0,0,0");
      expect(await one.tally()).toBe(30);
      await producer.disconnect();
    });

    it("are read on when the clock is set back, by a client that starts again", async () => {
      const lines: string[] = [];
      const note = (event: string) => void lines.push(event);
      const shifted = { ...clock, by: 0, now: () => clock.now() + shifted.by };
      const log = openKafkaLog({
        ...own.parts,
        clock: shifted,
        logger: { error: note, warn: note, info: note, debug: () => {} },
      });
      const one = await consumer(log);
      await one.joined;
      shifted.by = -2 * DAY;
      await eventually(() => lines.filter((line) => line === "group-joined").length === 2);
      expect(lines).toContain("clock-set-back");
      await send(0, 9);
      await eventually(() => one.state().handled === 9 && one.state().reachable);
      await one.stop();
      await log.close();
    });

    describe("are shown to Kafka's own tools by the offsets that the group has committed", () => {
      const committed = async () => {
        const [found] = await own.admin.fetchOffsets({ groupId: group(), topics: [name()] });
        return new Map(found!.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
      };
      const ends = async () =>
        new Map((await own.admin.fetchTopicOffsets(name())).map(({ partition, high }) => [partition, Number(high)]));
      const areShown = async () => {
        const [shown, wanted] = [await committed(), await ends()];
        return [...wanted].every(([partition, end]) => shown.get(partition) === end);
      };
      const commit = async (offset: (end: number) => number) => {
        const partitions = [...await ends()].map(([partition, end]) => ({ partition, offset: String(offset(end)) }));
        await own.admin.setOffsets({ groupId: group(), topic: name(), partitions });
      };

      it("within seconds while it reads, and at once when it ends", async () => {
        const one = await begin();
        await send(0, 30);
        await eventually(() => one.state().handled === 30);
        const from = Date.now();
        await eventually(areShown);
        expect(Date.now() - from).toBeLessThan(15_000);
        await send(30, 30);
        await eventually(() => one.state().handled === 60);
        await one.stop();
        expect(await areShown()).toBe(true);
      });

      it("which nothing reads back: set to the end or the beginning, they change nothing", async () => {
        const one = await begin();
        await send(0, 30);
        await eventually(() => one.state().handled === 30);
        await one.stop();
        for (const [round, offset] of [(end: number) => end, () => 0, (end: number) => end + 1_000].entries()) {
          await send(30 + round * 30, 30);
          await commit(offset);
          const next = await begin({ store: one.store });
          await eventually(() => next.state().handled === 30);
          expect(await one.tally()).toBe(60 + round * 30);
          await eventually(areShown);
          await next.stop();
        }
      });
    });
  });
}
