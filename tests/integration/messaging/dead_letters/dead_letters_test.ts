import { beforeEach, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { ACTIVITY } from "@/application/activity/messages.ts";
import { discard, replay } from "@/application/messaging/dead_letters/replay.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { act, all, delivered, rated, trends, viewed } from "@/tests/support/messaging/dead_letters.ts";

describe("a message that is parked", () => {
  let world: ReturnType<typeof trends>;
  beforeEach(() => {
    world = trends();
  });

  it("lets later messages of its key wait behind it, in order, while other keys go on", async () => {
    world.bad.add("r1-2");
    await world.log.append([rated("r1-1", "r1"), rated("r1-2", "r1"), rated("r2-1", "r2"), rated("r1-3", "r1")]);
    const consumer = await world.start();
    await delivered(consumer, 4);
    await world.log.append([rated("r1-4", "r1"), rated("r2-2", "r2")]);
    await delivered(consumer, 6);
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
    await delivered(second, 2);
    expect(await world.letters()).toEqual([["r1-1", "failed"], ["r1-2", "behind"]]);
    await second.stop();
  });

  it("of no order is parked alone: a view neither waits nor lets others wait", async () => {
    world.bad.add("v1").add("r1-1");
    await world.log.append([viewed("v1", "r1"), rated("r1-0", "r1"), rated("r1-1", "r1"), viewed("v2", "r1")]);
    const consumer = await world.start();
    await delivered(consumer, 4);
    expect(world.applied).toEqual(["r1-0", "v2"]);
    expect(await world.letters()).toEqual([["v1", "failed"], ["r1-1", "failed"]]);
    await consumer.stop();
  });

  it("does not hold up an erasure, which takes the reader's dead letters with it", async () => {
    world.bad.add("r1-1").add("v1");
    await world.log.append([rated("r1-1", "r1"), rated("r1-2", "r1"), viewed("v1", "r1"), rated("r2-1", "r2")]);
    const consumer = await world.start();
    await delivered(consumer, 4);
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
    const before = await all(replay(world.replayDeps));
    expect(before.map(({ came }) => came)).toEqual(["failed", "waiting"]);
    const inner = world.replayDeps.sinks.trend();
    const upgraded: typeof inner = {
      ...inner,
      classify: (envelope) =>
        envelope.type.endsWith(".v2") ? { kind: "handle", data: envelope.data } : inner.classify(envelope),
      handle: ({ received, ...guards }) =>
        inner.handle({ ...guards, received: received.filter(({ envelope }) => envelope.type.endsWith(".v1")) }),
    };
    const after = await all(replay({ ...world.replayDeps, sinks: { trend: () => upgraded } }));
    expect(after.map(({ came }) => came)).toEqual(["replayed", "replayed"]);
    expect(world.applied).toEqual(["r1-2"]);
    await consumer.stop();
  });

  it("is tried for longer when nothing succeeds any more, so that a fault of ours does not park everything at once", async () => {
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

describe("dead letters", () => {
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
      all(replay(world.replayDeps)),
      all(replay(world.replayDeps)),
      (async () => {
        for (const message of later) await world.log.append([message]);
      })(),
    ]);
    await eventually(async () => {
      await all(replay(world.replayDeps));
      return world.applied.length === 24;
    });
    const of = (reader: string) => world.applied.filter((id) => id.startsWith(reader));
    expect(of("r1")).toEqual(Array.from({ length: 23 }, (_, at) => `r1-${at + 1}`));
    expect(of("r2")).toEqual(["r2-1"]);
    expect([...one, ...two].filter(({ came }) => came === "replayed").length).toBeGreaterThanOrEqual(4);
    expect(await world.letters()).toEqual([]);
    expect((await all(replay(world.replayDeps))).length).toBe(0);
    await consumer.stop();
  });

  it("bring along what is parked behind them while they are replayed", async () => {
    const consumer = await parked();
    world.bad.clear();
    const { deadLetters } = world.replayDeps;
    let lists = 0;
    // The fourth is parked between the moment in which the first page is read and the one in which it is replayed.
    const list: typeof deadLetters.list = async (...args) => {
      const page = await deadLetters.list(...args);
      if (++lists > 1) return page;
      await world.log.append([rated("r1-4", "r1")]);
      await eventually(async () => (await world.letters()).some(([id]) => id === "r1-4"));
      return page;
    };
    await all(replay({ ...world.replayDeps, deadLetters: { ...deadLetters, list } }));
    expect(await world.letters()).toEqual([]);
    expect(world.applied.filter((id) => id.startsWith("r1"))).toEqual(["r1-1", "r1-2", "r1-3", "r1-4"]);
    await consumer.stop();
  });

  it("of a key that is busy are overtaken: a replay of many ends while new messages of the key keep coming", async () => {
    const consumer = await parked();
    world.bad.clear();
    const many = Array.from({ length: 250 }, (_, at) => rated(`r1-${at + 4}`, "r1"));
    await world.log.append(many);
    await eventually(() => consumer.state().parked === 254);
    const sink = world.replayDeps.sinks.trend();
    let transactions = 0;
    // Two messages of the key come during each transaction of the replay, as long as one may take on a busy machine.
    const busy: typeof sink = {
      ...sink,
      handle: (handling) =>
        sink.handle({
          ...handling,
          async before(stores) {
            await handling.before(stores);
            const next = 254 + 2 * transactions++;
            if (transactions <= 100) await world.log.append([rated(`r1-${next}`, "r1"), rated(`r1-${next + 1}`, "r1")]);
          },
        }),
    };
    await all(replay({ ...world.replayDeps, sinks: { trend: () => busy } }));
    expect(transactions).toBeLessThan(10);
    const last = 254 + 2 * transactions - 1;
    await eventually(() => world.applied.length === last + 1);
    expect(world.applied.filter((id) => id !== "r2-1")).toEqual(
      Array.from({ length: last }, (_, at) => `r1-${at + 1}`),
    );
    expect(await world.letters()).toEqual([]);
    await consumer.stop();
  });

  it("are replayed by two at once: what one has closed the other leaves, and goes on with the rest", async () => {
    const consumer = await parked();
    world.bad.clear();
    const { deadLetters } = world.replayDeps;
    const [first] = await deadLetters.list({}, 0, 1);
    let lists = 0;
    const list: typeof deadLetters.list = async (...args) => {
      const page = await deadLetters.list(...args);
      if (lists++ === 0) await all(discard(world.replayDeps, [first!.id]));
      return page;
    };
    const closed = await all(replay({ ...world.replayDeps, deadLetters: { ...deadLetters, list } }));
    expect(closed.map(({ came }) => came)).toEqual(["gone", "replayed", "replayed", "replayed"]);
    expect([...world.applied].sort()).toEqual(["r1-2", "r1-3", "r2-1"]);
    await consumer.stop();
  });

  it("that fail again stay, say how often, and keep those behind them", async () => {
    const consumer = await parked();
    world.bad.delete("r2-1");
    const came = (await all(replay(world.replayDeps))).map((one) => one.came);
    expect(came).toEqual(["failed", "waiting", "replayed", "waiting"]);
    const [first] = await world.store.deadLetters.list({}, 0, 1);
    expect([first!.attempts, first!.detail]).toEqual([5, "cannot handle r1-1"]);
    await consumer.stop();
  });

  it("asked for by id bring all of their key with them", async () => {
    const consumer = await parked();
    world.bad.clear();
    const last = (await world.store.deadLetters.list({}, 0, 9)).find(({ message }) =>
      message.headers.ce_id === "r1-3"
    )!;
    await all(replay(world.replayDeps, [last.id]));
    expect(world.applied).toEqual(["r1-1", "r1-2", "r1-3"]);
    expect(await world.letters()).toEqual([["r2-1", "failed"]]);
    await consumer.stop();
  });

  it("that are discarded no longer hold up their key", async () => {
    const consumer = await parked();
    const [first] = await world.store.deadLetters.list({}, 0, 1);
    expect(await all(discard(world.replayDeps, [first!.id]))).toEqual([{ id: first!.id, came: "discarded" }]);
    await all(replay(world.replayDeps));
    expect(world.applied).toEqual(["r1-2", "r1-3"]);
    await consumer.stop();
  });
});
