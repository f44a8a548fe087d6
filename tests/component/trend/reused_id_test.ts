import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createMemoryTrendStore } from "@/adapters/memory/trend/trend_store.ts";
import { ACTIVITY } from "@/application/activity/messages.ts";
import { CATALOG } from "@/application/catalog/messages.ts";
import { listSubjectTrends } from "@/application/trend/lists/list_subjects.ts";
import { listBookTrends } from "@/application/trend/lists/list_trends.ts";
import type { TrendEvent } from "@/application/trend/messages.ts";
import type { TrendVersion } from "@/application/trend/ports.ts";
import { projectTrends } from "@/application/trend/counting/project_trends.ts";
import { HOUR, MINUTE } from "@/domain/hours.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { memorySuite, sending } from "@/tests/support/suites/memory_suite.ts";
import { T0 } from "@/tests/support/samples.ts";

let number = 0;
const event = (type: string, time: number, data: object) => ({ id: `e${++number}`, type, time, data }) as TrendEvent;
const added = (time: number, version: number, title: string, id = "b", fields: object = {}) =>
  event(CATALOG.bookAdded, time, { id, title, authors: [], subjects: [], popularity: 0, version, ...fields });
const removed = (time: number, version: number, id = "b") => event(CATALOG.bookRemoved, time, { id, version });
const viewed = (time: number, reader: string, book = "b") => event(ACTIVITY.bookViewed, time, { reader, book });

const listed = async ({ view, floor }: TrendVersion, at: number, leastReaders = 1) =>
  (await listBookTrends({ view, floor }, { window: "24h", at, limit: 10, leastReaders })).map(
    ({ book, count, readers, score }) => [book.title, count, readers, Math.round(score * 100) / 100],
  );

/** The lists after events have come one by one. */
async function after(events: TrendEvent[], at: number, leastReaders?: number) {
  const version = createMemoryTrendStore().at(1);
  for (const one of events) await version.uow.run((stores) => projectTrends([one], stores));
  return await listed(version, at, leastReaders);
}

describe("a book whose id another one had before", () => {
  it("trends by what was done since that one was removed, in whatever order the events are read", async () => {
    // All within one time bucket, and in one hour.
    const events = [
      added(T0, 1, "Old"),
      viewed(T0 + 1, "r1"),
      removed(T0 + 2, 2),
      added(T0 + 3, 3, "New"),
      viewed(T0 + 4, "r2"),
    ];
    const orders = (rest: TrendEvent[]): TrendEvent[][] =>
      rest.length === 0
        ? [[]]
        : rest.flatMap((one) => orders(rest.filter((other) => other !== one)).map((all) => [one, ...all]));
    for (const order of orders(events)) expect(await after(order, T0 + 5)).toEqual([["New", 1, 1, 1]]);
  });

  it("is in no list before anybody did anything with it, nor has it the readers of the other one", async () => {
    const old = ["r1", "r2", "r3"].map((reader) => viewed(T0, reader));
    const later = T0 + 2 * HOUR;
    const events = [added(T0, 1, "Old"), ...old, removed(later, 2), added(later + 1, 3, "New")];
    expect(await after(events.slice(0, 4), T0 + 1, 3)).toEqual([["Old", 3, 3, 3]]);
    expect(await after(events, later + 2)).toEqual([]);
    const views = ["r1", "r2"].map((reader) => viewed(later + 10 * MINUTE, reader));
    expect(await after([...events, ...views], later + 10 * MINUTE, 3)).toEqual([]);
    expect(await after([...events, ...views], later + 10 * MINUTE, 2)).toEqual([["New", 2, 2, 2]]);
  });

  it("takes no other book's place, however many such ids there are", async () => {
    const ids = Array.from({ length: 60 }, (_, at) => `reused${at}`);
    const events = ids.flatMap((id) => [
      added(T0, 1, "Old", id),
      ...["r1", "r2", "r3"].map((reader) => viewed(T0, reader, id)),
      removed(T0 + 1, 2, id),
      added(T0 + 2, 3, "New", id),
    ]);
    const others = ["x", "y"].flatMap((id) => [added(T0, 1, id, id), viewed(T0 + 3, "r1", id)]);
    expect((await after([...events, ...others], T0 + 4)).map(([title]) => title)).toEqual(["x", "y"]);
  });

  it("has not the other one's readers either where it is an edition of a work, or has a subject", async () => {
    const fields = { work: "w", subjects: ["Poetry"] };
    const old = Array.from({ length: 30 }, (_, reader) => viewed(T0 + 1, `old${reader}`));
    const events = [
      added(T0, 1, "Old", "b", fields),
      added(T0, 1, "Edition", "edition", fields),
      ...old,
      viewed(T0 + 1, "r1", "edition"),
      removed(T0 + 2, 2),
      added(T0 + 3, 3, "New", "b", fields),
    ];
    const shown = async (more: TrendEvent[]) => {
      const version = createMemoryTrendStore().at(1);
      for (const one of [...events, ...more]) await version.uow.run((stores) => projectTrends([one], stores));
      const query = { window: "24h", at: T0 + HOUR, limit: 10, leastReaders: 1 };
      return [...await listBookTrends(version, query), ...await listSubjectTrends(version, query)]
        .map(({ count, readers }) => [count, readers]);
    };
    expect(await shown([])).toEqual([[1, 1], [1, 1]]);
    // A reader of both editions is one reader.
    expect(await shown([viewed(T0 + 4, "r1"), viewed(T0 + 5, "r2")])).toEqual([[3, 2], [3, 2]]);
  });

  it("has no past in the trends over HTTP", async () => {
    const suite = await memorySuite();
    const trends = async () => (await (await suite.asks.trend("/v1/trends/books")).json()).items;
    const view = (readers: string[]) =>
      suite.asks.web("/v1/events", sending("POST", readers.map((reader) => ({ type: "viewed", reader, book: "b" }))));
    const add = (title: string) => suite.asks.web("/v1/books", sending("POST", { id: "b", title }));
    expect((await add("Old")).status).toBe(201);
    expect((await view(["r1", "r2", "r3"])).status).toBe(202);
    await eventually(async () => (await trends())[0]?.readers === 3);
    const { body: _body, ...removal } = sending("DELETE", {}, { "if-match": "*" });
    expect((await suite.asks.web("/v1/books/b", removal)).status).toBe(204);
    expect((await add("New")).status).toBe(201);
    const shown = async () => (await suite.stores.trend.at(1).view.shown(["b"], [])).books.get("b")?.title;
    await eventually(async () => await shown() === "New");
    expect(await trends()).toEqual([]);
    expect((await view(["r4"])).status).toBe(202);
    await eventually(async () => (await trends())[0]?.readers === 1);
    expect((await trends())[0]).toMatchObject({ book: { title: "New" }, count: 1, readers: 1 });
    await suite.stop();
  });
});
