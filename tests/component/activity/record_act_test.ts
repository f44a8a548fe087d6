import { ALL_SHARDS } from "@/application/messaging/outbox/shards.ts";
import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createMemoryWebStore } from "@/adapters/memory/web/web_store.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { ACTIVITY, recordActCommand } from "@/application/activity/messages.ts";
import { activityProcessor } from "@/application/activity/processor.ts";
import { defined } from "@/application/defined.ts";
import { createCommandSink } from "@/application/messaging/commands/command_sink.ts";
import { createClassifier } from "@/application/messaging/consuming/classify.ts";
import { encode } from "@/application/messaging/wire/codec.ts";
import { withFirstResults } from "@/services/web/first_results.ts";
import { HOUR } from "@/domain/hours.ts";
import { book, T0 } from "@/tests/support/samples.ts";

async function recorder() {
  const store = createMemoryWebStore();
  await store.uow.run(({ books }) => books.save(book("b1", { title: "Dune" })));
  let now = T0;
  const processor = activityProcessor({ uow: withFirstResults(store.uow), clock: { ...clock, now: () => now }, ids });
  const record = async (data: object) => {
    const [outcome] = await processor.handle([{ id: ids.fresh(), source: "/t", type: ACTIVITY.recordAct, data }]);
    return outcome!.kind === "done"
      ? outcome!.events.length
      : outcome!.kind === "rejected"
      ? outcome!.rejection.code
      : outcome!.kind;
  };
  return { store, processor, record, later: (by: number) => now += by };
}

describe("record-act", () => {
  it("makes one event for an id, also when it is sent again hours later", async () => {
    const { store, record, later } = await recorder();
    const act = { type: "viewed", reader: "r", book: "b1", id: "a1" };
    expect(await record(act)).toBe(1);
    later(5 * HOUR);
    expect(await record(act)).toBe(0);
    expect(await record({ ...act, type: "dismissed" })).toBe("id-reused");
    expect(await store.outbox.size()).toBe(1);
  });

  it("adds to a book's popularity by readers who count: not by views, nor by one of too many behind a client", async () => {
    const { store, record } = await recorder();
    const shelved = { type: "shelved", book: "b1", shelf: "want", client: "c" };
    await record({ type: "viewed", reader: "r", book: "b1" });
    await record({ type: "viewed", book: "b1", client: "c" });
    await record({ ...shelved, reader: "crowd", voter: "client" });
    expect(await store.popularity.fold(9)).toBe(0);
    await record({ ...shelved, reader: "r" });
    expect(await store.popularity.fold(9)).toBe(1);
    expect(await store.shelf.sortValues(["b1"], "popularity")).toEqual([expect.objectContaining({ value: 5 })]);
  });

  it("makes one event for a reader's search in an hour by its normal form, and another in the next", async () => {
    const { store, record, later } = await recorder();
    const counts = [
      await record({ type: "searched", reader: "r", query: "Dune" }),
      await record({ type: "searched", reader: "r", query: " dune! " }),
    ];
    later(HOUR);
    counts.push(
      await record({ type: "searched", reader: "r", query: "dune" }),
      await record({ type: "searched", query: "dune" }),
    );
    expect(counts).toEqual([1, 0, 1, 1]);
    expect(await store.outbox.size()).toBe(3);
  });

  it("files every act of a reader under the reader, and an anonymous one under its own id", async () => {
    const { store, record } = await recorder();
    for (
      const act of [
        { type: "searched", query: "Dune" },
        { type: "viewed", book: "b1" },
        { type: "shelved", book: "b1", shelf: "read" },
        { type: "rated", book: "b1", rating: 5 },
        { type: "dismissed", book: "b1" },
      ]
    ) expect(await record({ ...act, reader: "r" })).toBe(1);
    await record({ type: "viewed", book: "b1", id: "nobody" });
    const keys = (await store.outbox.read(ALL_SHARDS, { rows: 10, bytes: 100_000 })).map(({ message }) =>
      new TextDecoder().decode(message.key!)
    );
    expect(keys).toEqual(["r", "r", "r", "r", "r", "nobody"]);
  });

  it("searches for itself where nobody says what was found", async () => {
    const { store, record } = await recorder();
    await record({ type: "searched", reader: "r", query: "dune" });
    const [row] = await store.outbox.read(ALL_SHARDS, { rows: 1, bytes: 1 });
    expect(JSON.parse(new TextDecoder().decode(row!.message.value!))).toEqual({
      reader: "r",
      query: "dune",
      normal: "dune",
      results: 1,
      books: ["b1"],
    });
  });

  it("that waited in its topic counts when it was sent, or else arrived, however late it is handled", async () => {
    const { store, processor, later } = await recorder();
    later(30 * HOUR);
    const topic = "bookstream.activity.commands";
    const sink = createCommandSink(processor);
    const classify = createClassifier(sink, { ...clock, now: () => T0 + 30 * HOUR });
    const sent = (id: string, data: object, { time, timestamp }: { time?: string; timestamp: number }) =>
      classify({
        ...encode({ id, source: "/t", type: ACTIVITY.recordAct, ...defined({ time }), data }, "r"),
        topic,
        partition: 0,
        position: "1",
        next: "2",
        timestamp,
      });
    const view = { type: "viewed", reader: "r", book: "b1" };
    const [made, happened] = ["2026-11-23T12:00:00.000Z", "2026-11-23T11:00:00.000Z"];
    const commands = [
      sent("1", { ...view, time: happened }, { time: made, timestamp: T0 + 5 * HOUR }),
      sent("2", view, { time: made, timestamp: T0 + 5 * HOUR }),
      sent("3", view, { timestamp: T0 + 5 * HOUR }),
      // The hour that a search belongs to is that of its sending too.
      sent("4", { ...view, type: "searched", query: "dune" }, { timestamp: T0 + 5 * HOUR }),
      sent("5", { ...view, type: "searched", query: "Dune" }, { timestamp: T0 + 5 * HOUR }),
      sent("6", view, { timestamp: -1 }),
      sent("7", view, { timestamp: NaN }),
    ];
    const received = commands.flatMap((one) => one.kind === "handle" ? [one.received] : []);
    const nothing = () => Promise.resolve();
    await sink.handle({ received, failed: [], before: nothing, after: nothing });
    const rows = await store.outbox.read(ALL_SHARDS, { rows: 10, bytes: 100_000 });
    const [arrived, handled] = [T0 + 5 * HOUR, T0 + 30 * HOUR].map((time) => new Date(time).toISOString());
    expect(rows.map(({ message }) => message.headers.ce_time)).toEqual([
      happened,
      made,
      arrived,
      arrived,
      handled,
      handled,
    ]);
  });

  it("that says, or arrives at, a time too far ahead is parked with the time that was found", () => {
    const classify = createClassifier({ classify: ({ data }) => ({ kind: "handle", data }), order: () => "none" }, {
      ...clock,
      now: () => T0,
    });
    const at = (timestamp: number, time?: string) => {
      const message = {
        ...encode({ id: "1", source: "/t", type: "t.v1", ...defined({ time }), data: {} }, "k"),
        timestamp,
      };
      const one = classify({ ...message, topic: "t", partition: 0, position: "1", next: "2" });
      return one.kind === "park" ? one.parking.detail : one.kind;
    };
    expect(at(T0)).toBe("handle");
    expect(at(T0 + HOUR)).toBe("time: wanted at most 5 minutes ahead, found 2026-11-23T11:00:00.000Z");
    expect(at(T0, "2026-11-23T11:00:00+00:00")).toBe(
      "time: wanted at most 5 minutes ahead, found 2026-11-23T11:00:00.000Z",
    );
    expect(at(9e18)).toBe("time: wanted at most 5 minutes ahead, found 9000000000000000000 ms since 1970");
  });

  it("an id that is no well-formed Unicode is refused before it is compared in a store", () => {
    const act = { type: "viewed", book: "b", id: "\ud800" };
    expect(recordActCommand.safeParse(act).success).toBe(false);
    expect(recordActCommand.safeParse({ ...act, id: "\ud83d\ude00" }).success).toBe(true);
  });
});
