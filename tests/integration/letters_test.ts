import { beforeEach, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createMemoryLog } from "@/adapters/memory/event_log.ts";
import { createMemoryTrendStore } from "@/adapters/memory/trend_store.ts";
import { createMemoryWebStore } from "@/adapters/memory/web_store.ts";
import { systemClock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { ACTIVITY, activityOrder } from "@/application/activity/messages.ts";
import { activityProcessor } from "@/application/activity/processor.ts";
import { CATALOG } from "@/application/catalog/messages.ts";
import { catalogProcessor } from "@/application/catalog/processor.ts";
import { encode } from "@/application/messaging/codec.ts";
import { startConsumer } from "@/application/messaging/consume.ts";
import { discard, replay, type Settled } from "@/application/messaging/replay.ts";
import { commandSink, projectionSink, type Sink } from "@/application/messaging/sink.ts";
import { ALL_SHARDS } from "@/application/messaging/shards.ts";
import { TOPICS } from "@/application/messaging/topics.ts";
import { projectTrends, trendEvents } from "@/application/trend/projection.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { silent as logger, text } from "@/tests/support/samples.ts";

const TIME = "2026-11-23T10:00:00Z";
const event = (topic: string, type: string, id: string, key: string, data: unknown) => ({
  topic,
  ...encode({ id, source: "/t", type, time: TIME, correlationid: `cor-${id}`, data }, key),
});
const act = (type: string, id: string, reader: string, data: object = {}) =>
  event(TOPICS.activityEvents, type, id, reader, { reader, book: "b", ...data });
const viewed = (id: string, reader: string) => act(ACTIVITY.bookViewed, id, reader);
const rated = (id: string, reader: string, rating = 5) => act(ACTIVITY.bookRated, id, reader, { rating });

/** A clock whose sleeps take no time and are remembered. */
function quickClock() {
  const slept: number[] = [];
  return {
    slept,
    now: systemClock.now,
    sleep: (pause: number, signal?: AbortSignal) => {
      slept.push(pause);
      return systemClock.sleep(0, signal);
    },
  };
}

async function all(settled: AsyncGenerator<Settled>): Promise<Settled[]> {
  const list: Settled[] = [];
  for await (const one of settled) list.push(one);
  return list;
}

/** A trend consumer whose handler fails on the ids in `bad`, and notes the ids in the order of their effects. */
function trends(partitions = 1) {
  const [store, log, clock] = [createMemoryTrendStore(), createMemoryLog({ partitions }), quickClock()];
  const bad = new Set<string>();
  const applied: string[] = [];
  const inner = projectionSink({
    events: trendEvents,
    order: activityOrder,
    uow: store.at(1).uow,
    apply: projectTrends,
  });
  const sink: Sink = {
    ...inner,
    async handle(received, guard) {
      const culprit = received.find(({ envelope }) => bad.has(envelope.id));
      if (culprit !== undefined) throw new TypeError(`cannot handle ${culprit.envelope.id}`);
      await inner.handle(received, guard);
      applied.push(...received.map(({ envelope }) => envelope.id));
    },
  };
  const start = () =>
    startConsumer({
      name: "trend",
      version: 1,
      topics: [TOPICS.activityEvents],
      log,
      uow: store.at(1).uow,
      sink,
      clock,
      logger,
      owner: "one",
    });
  const settling = { letters: store.letters, sinks: { trend: () => sink }, clock, logger };
  const letters = async () =>
    (await store.letters.list({}, 0, 100)).map(({ message, reason }) => [message.headers.ce_id, reason]);
  return { store, log, clock, bad, applied, start, settling, letters };
}

describe("a message that is set aside", () => {
  let world: ReturnType<typeof trends>;
  beforeEach(() => {
    world = trends();
  });

  it("lets later messages of its key wait behind it, in order, while other keys go on", async () => {
    world.bad.add("r1-2");
    await world.log.append([rated("r1-1", "r1"), rated("r1-2", "r1"), rated("r2-1", "r2"), rated("r1-3", "r1")]);
    const consumer = await world.start();
    await eventually(() => consumer.state().handled + consumer.state().parked === 4);
    await world.log.append([rated("r1-4", "r1"), rated("r2-2", "r2")]);
    await eventually(() => consumer.state().handled + consumer.state().parked === 6);
    expect(world.applied).toEqual(["r1-1", "r2-1", "r2-2"]);
    expect(await world.letters()).toEqual([["r1-2", "failed"], ["r1-3", "behind"], ["r1-4", "behind"]]);
    await consumer.stop();
  });

  it("still holds up its key after the consumer has started anew", async () => {
    world.bad.add("r1-1");
    await world.log.append([rated("r1-1", "r1")]);
    const first = await world.start();
    await eventually(() => first.state().parked === 1);
    await first.stop();
    await world.log.append([rated("r1-2", "r1"), rated("r2-1", "r2")]);
    const second = await world.start();
    await eventually(() => second.state().handled + second.state().parked === 2);
    expect(await world.letters()).toEqual([["r1-1", "failed"], ["r1-2", "behind"]]);
    await second.stop();
  });

  it("of no order is set aside alone: a view neither waits nor lets others wait", async () => {
    world.bad.add("v1").add("r1-1");
    await world.log.append([viewed("v1", "r1"), rated("r1-0", "r1"), rated("r1-1", "r1"), viewed("v2", "r1")]);
    const consumer = await world.start();
    await eventually(() => consumer.state().handled + consumer.state().parked === 4);
    expect(world.applied).toEqual(["r1-0", "v2"]);
    expect(await world.letters()).toEqual([["v1", "failed"], ["r1-1", "failed"]]);
    await consumer.stop();
  });

  it("does not hold up an erasure, which takes the reader's letters with it", async () => {
    world.bad.add("r1-1").add("v1");
    await world.log.append([rated("r1-1", "r1"), rated("r1-2", "r1"), viewed("v1", "r1"), rated("r2-1", "r2")]);
    const consumer = await world.start();
    await eventually(() => consumer.state().handled + consumer.state().parked === 4);
    expect((await world.letters()).length).toBe(3);
    await world.log.append([act(ACTIVITY.readerErased, "erased", "r1")]);
    await eventually(() => world.applied.includes("erased"));
    expect(await world.letters()).toEqual([]);
    await consumer.stop();
  });

  it("in an unknown major version holds up its key too, and is handled by replay after an upgrade", async () => {
    const newer = act("bookstream.activity.book-rated.v2", "new", "r1", { rating: 4 });
    await world.log.append([newer, rated("r1-2", "r1")]);
    const consumer = await world.start();
    await eventually(() => consumer.state().parked === 2);
    expect(await world.letters()).toEqual([["new", "unknown-version"], ["r1-2", "behind"]]);
    const before = await all(replay(world.settling));
    expect(before.map(({ came }) => came)).toEqual(["failed", "waiting"]);
    const upgraded: Sink = {
      ...world.settling.sinks.trend(),
      judge: (received) =>
        received.envelope.type.endsWith(".v2") ? "take" : world.settling.sinks.trend().judge(received),
      handle: (received, guard) =>
        world.settling.sinks.trend().handle(
          received.filter(({ envelope }) => envelope.type.endsWith(".v1")),
          guard,
        ),
    };
    const after = await all(replay({ ...world.settling, sinks: { trend: () => upgraded } }));
    expect(after.map(({ came }) => came)).toEqual(["replayed", "replayed"]);
    expect(world.applied).toEqual(["r1-2"]);
    await consumer.stop();
  });

  it("is tried for longer when nothing succeeds any more, so that a fault of ours does not set everything aside at once", async () => {
    const all = Array.from({ length: 8 }, (_, at) => `e${at}`);
    for (const id of all) world.bad.add(id);
    await world.log.append(all.map((id, at) => rated(id, `r${at}`)));
    const consumer = await world.start();
    await eventually(() => consumer.state().parked === 8);
    expect(world.clock.slept.filter((pause) => pause >= 1_000)).toEqual([1_000, 2_000, 4_000]);
    expect(consumer.state().healthy).toBe(false);
    await world.log.append([rated("good", "r9")]);
    await eventually(() => consumer.state().healthy);
    await consumer.stop();
  });
});

describe("letters", () => {
  let world: ReturnType<typeof trends>;
  beforeEach(async () => {
    world = trends();
    world.bad.add("r1-1").add("r2-1");
    await world.log.append([rated("r1-1", "r1"), rated("r1-2", "r1"), rated("r2-1", "r2"), rated("r1-3", "r1")]);
  });
  const parked = async () => {
    const consumer = await world.start();
    await eventually(() => consumer.state().parked === 4);
    return consumer;
  };

  it("are replayed in the order of their key, once, also when two replay and the consumer goes on meanwhile", async () => {
    const consumer = await parked();
    world.bad.clear();
    const later = Array.from({ length: 20 }, (_, at) => rated(`r1-${at + 4}`, "r1"));
    const [one, two] = await Promise.all([
      all(replay(world.settling)),
      all(replay(world.settling)),
      (async () => {
        for (const message of later) await world.log.append([message]);
      })(),
    ]);
    await eventually(async () => {
      await all(replay(world.settling));
      return world.applied.length === 24;
    });
    const of = (reader: string) => world.applied.filter((id) => id.startsWith(reader));
    expect(of("r1")).toEqual(Array.from({ length: 23 }, (_, at) => `r1-${at + 1}`));
    expect(of("r2")).toEqual(["r2-1"]);
    expect([...one, ...two].filter(({ came }) => came === "replayed").length).toBeGreaterThanOrEqual(4);
    expect(await world.letters()).toEqual([]);
    expect((await all(replay(world.settling))).length).toBe(0);
    await consumer.stop();
  });

  it("bring along what is set aside behind them while they are replayed", async () => {
    const consumer = await parked();
    world.bad.clear();
    const replaying = replay(world.settling);
    await replaying.next();
    await world.log.append([rated("r1-4", "r1")]);
    await eventually(async () => (await world.letters()).some(([id]) => id === "r1-4"));
    await all(replaying);
    expect(await world.letters()).toEqual([]);
    expect(world.applied.filter((id) => id.startsWith("r1"))).toEqual(["r1-1", "r1-2", "r1-3", "r1-4"]);
    await consumer.stop();
  });

  it("that fail again stay, say how often, and keep those behind them", async () => {
    const consumer = await parked();
    world.bad.delete("r2-1");
    const came = (await all(replay(world.settling))).map((one) => one.came);
    expect(came).toEqual(["failed", "waiting", "replayed", "waiting"]);
    const [first] = await world.store.letters.list({}, 0, 1);
    expect([first!.attempts, first!.detail]).toEqual([5, "cannot handle r1-1"]);
    await consumer.stop();
  });

  it("asked for by id bring all of their key with them", async () => {
    const consumer = await parked();
    world.bad.clear();
    const last = (await world.store.letters.list({}, 0, 9)).find(({ message }) => message.headers.ce_id === "r1-3")!;
    await all(replay(world.settling, [last.id]));
    expect(world.applied).toEqual(["r1-1", "r1-2", "r1-3"]);
    expect(await world.letters()).toEqual([["r2-1", "failed"]]);
    await consumer.stop();
  });

  it("that are discarded no longer hold up their key", async () => {
    const consumer = await parked();
    const [first] = await world.store.letters.list({}, 0, 1);
    expect(await all(discard(world.settling, [first!.id]))).toEqual([{ id: first!.id, came: "discarded" }]);
    await all(replay(world.settling));
    expect(world.applied).toEqual(["r1-2", "r1-3"]);
    await consumer.stop();
  });
});

describe("a command that is set aside", () => {
  it("is answered once: by command-failed, also when it waited and is discarded", async () => {
    const [store, log, clock] = [createMemoryWebStore(), createMemoryLog({ partitions: 1 }), quickClock()];
    const inner = commandSink(catalogProcessor({ uow: store.uow, clock, ids }));
    const sink: Sink = {
      ...inner,
      handle: (received, guard) =>
        received.some(({ envelope }) => envelope.id === "c1")
          ? Promise.reject(new TypeError("a bug"))
          : inner.handle(received, guard),
    };
    const command = (id: string, type: string) =>
      event(TOPICS.catalogCommands, type, id, "b1", { id: "b1", title: "T" });
    await log.append([command("c1", CATALOG.addBook), command("c2", CATALOG.addBook)]);
    const consumer = await startConsumer({
      name: "catalog-commands",
      version: 1,
      topics: [TOPICS.catalogCommands],
      log,
      uow: store.uow,
      sink,
      clock,
      logger,
      owner: "one",
    });
    await eventually(() => consumer.state().parked === 2);
    const settling = { letters: store.letters, sinks: { "catalog-commands": () => sink }, clock, logger };
    await all(discard(settling));
    const answers = (await store.outbox.read(ALL_SHARDS, { rows: 10, bytes: 100_000 })).map((
      { message: { headers, key } },
    ) => [
      headers.ce_type,
      headers.ce_correlationid,
      text(key),
    ]);
    expect(answers).toEqual([[CATALOG.commandFailed, "cor-c1", "b1"], [CATALOG.commandFailed, "cor-c2", "b1"]]);
    await consumer.stop();
  });

  it("of a reader goes when the reader is erased over HTTP's way, also what was set aside after an earlier erasure", async () => {
    const [store, clock] = [createMemoryWebStore(), quickClock()];
    const processor = activityProcessor({ uow: store.uow, clock, ids });
    const { topic: _topic, ...encoded } = event(TOPICS.activityCommands, ACTIVITY.recordAct, "a", "r1", {});
    const erase = () =>
      processor.handle([{ id: "e", source: "/t", type: ACTIVITY.eraseReader, data: { reader: "r1" } }]);
    const park = () =>
      store.uow.run(({ deadLetters }) =>
        deadLetters.park({
          consumer: "activity-commands",
          version: 1,
          logId: "l",
          message: { topic: TOPICS.activityCommands, ...encoded, partition: 0, position: "0", next: "1", timestamp: 0 },
          reason: "failed",
          detail: "",
          attempts: 1,
          at: 0,
          ordered: true,
        })
      );
    for (let turn = 0; turn < 2; turn++) {
      await park();
      expect(await store.letters.count()).toBe(1);
      await erase();
      expect(await store.letters.count()).toBe(0);
    }
  });
});
