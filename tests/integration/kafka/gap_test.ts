import { after, before, beforeEach, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { type Admin, Kafka, logLevel } from "kafkajs";
import { openKafkaLog } from "@/adapters/kafka/event_log.ts";
import { ensureTopics } from "@/adapters/kafka/topics.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { message, silent as logger, text } from "@/tests/support/samples.ts";

const brokers = Deno.env.get("KAFKA_BROKERS") ?? "";

/** A reader that keeps its position as a store would, in one partition. */
function reader(log: ReturnType<typeof openKafkaLog>, kept: { next: string | undefined }) {
  const read: (string | null)[] = [];
  const consumer = log.subscribe({
    group: "gap",
    topics: ["t"],
    open: () => Promise.resolve(kept.next),
    handle: (batch) => {
      expect(batch.from).toBe(kept.next);
      read.push(...batch.messages.map(({ value }) => text(value)));
      kept.next = batch.messages.at(-1)!.next;
      return Promise.resolve(kept.next);
    },
  });
  return { read, ...consumer };
}

if (brokers !== "") {
  describe("a reader of a Kafka topic that no longer has what comes next", () => {
    let parts: Parameters<typeof openKafkaLog>[0];
    let log: ReturnType<typeof openKafkaLog>;
    let admin: Admin;
    const topic = () => `${parts.prefix}t`;
    const send = (...values: string[]) => log.append(values.map((value) => message("t", "k", value)));
    const read = async (kept: { next: string | undefined }, ...values: string[]) => {
      const one = reader(log, kept);
      await eventually(() => one.read.length >= values.length).finally(() => one.stop());
      expect(one.read).toEqual(values);
    };
    before(async () => {
      admin = new Kafka({ brokers: brokers.split(","), logLevel: logLevel.NOTHING }).admin();
      await admin.connect();
    });
    beforeEach(async () => {
      await log?.close();
      parts = {
        brokers: brokers.split(","),
        clientId: "gap",
        prefix: `g${crypto.randomUUID().slice(0, 8)}.`,
        logger,
        clock,
      };
      await ensureTopics(parts, ["t"], { partitions: 1 });
      log = openKafkaLog(parts);
    });
    after(async () => {
      await log.close();
      await admin.disconnect();
    });

    it("goes on where it left off, with nothing twice", async () => {
      const kept = { next: undefined };
      await send("1", "2");
      await read(kept, "1", "2");
      await send("3");
      await read(kept, "3");
      await send("4", "5");
      await read(kept, "4", "5");
    });

    const halts = async (kept: { next: string | undefined }) => {
      const one = reader(log, kept);
      await eventually(() => one.state().halted.length > 0).finally(() => one.stop());
      expect(one.read).toEqual([]);
    };

    it("halts where retention has passed it, and goes on where it only came up to it", async () => {
      const kept = { next: undefined };
      await send("1", "2");
      await read(kept, "1", "2");
      await send("3", "4");
      const remove = async (offset: string) => {
        // The client deletes only in topics that it has asked for before.
        await admin.fetchTopicOffsets(topic());
        await admin.deleteTopicRecords({ topic: topic(), partitions: [{ partition: 0, offset }] });
      };
      const before = { ...kept };
      await remove("2");
      await read(kept, "3", "4");
      await remove("3");
      await halts(before);
    });

    it("halts where the topic was recreated, also when that has more messages by now", async () => {
      const kept = { next: undefined };
      await send("1", "2", "3");
      await read(kept, "1", "2", "3");
      await admin.deleteTopics({ topics: [topic()] });
      await eventually(async () => !(await admin.listTopics()).includes(topic()));
      await log.close();
      await ensureTopics(parts, ["t"], { partitions: 1 });
      log = openKafkaLog(parts);
      await send("other 1");
      await halts(kept);
      await send("other 2", "other 3", "other 4", "other 5");
      await halts(kept);
    });
  });
}
