import { it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { DAY, HOUR } from "@/domain/hours.ts";
import { ACTIVITY } from "@/application/activity/messages.ts";
import { CATALOG } from "@/application/catalog/messages.ts";
import { wholeMass } from "@/domain/trend/decay.ts";
import { BUCKET_MS, bucketOf } from "@/domain/trend/window.ts";
import { listBookTrends } from "@/application/trend/lists/list_trends.ts";
import type { TrendStore } from "@/application/trend/ports.ts";
import { projectTrends } from "@/application/trend/counting/project_trends.ts";
import type { TrendEvent } from "@/application/trend/messages.ts";
import { T0, vote } from "@/tests/support/samples.ts";
import type { StoreUnderTest } from "@/tests/contracts/messaging/messaging_contract.ts";

/** A version that no other rule of the contract writes to. */
const VERSION = 30;

const added = (id: string, fields: { work?: string; subjects?: string[] } = {}): TrendEvent => ({
  type: CATALOG.bookAdded,
  id: `added ${id}`,
  time: T0,
  data: { id, title: id, authors: [], subjects: [], popularity: 0, version: 1, ...fields },
});
const viewed = (book: string, reader: string, time: number): TrendEvent => ({
  type: ACTIVITY.bookViewed,
  id: `${book} ${reader} ${time}`,
  time,
  data: { book, reader },
});

/** What lists of earlier moments, of works, of subjects and of risers promise, and the settings of a shop. */
export function pastRules(made: () => StoreUnderTest<TrendStore>): void {
  const version = () => made().store.at(VERSION);
  const project = (events: TrendEvent[]) => version().uow.run((stores) => projectTrends(events, stores));
  const list = async (fields: Partial<Parameters<typeof listBookTrends>[1]>) => {
    const found = await listBookTrends(made().other.at(VERSION), {
      window: "24h",
      at: T0,
      now: T0,
      limit: 20,
      leastReaders: 1,
      ...fields,
    });
    return found.map(({ book, rank, change, readers, history }) => ({ id: book.id, rank, change, readers, history }));
  };

  it("a list of an earlier moment is the one of then, for every limit and page by page", async () => {
    const books = Array.from({ length: 30 }, (_, at) => `old${String(at).padStart(2, "0")}`);
    await project(books.map((id) => added(id)));
    await project(
      books.flatMap((id, at) =>
        Array.from({ length: 3 + at % 7 }, (_, reader) => viewed(id, `r${reader}`, T0 - 40 * DAY - at * HOUR))
      ),
    );
    const at = T0 - 39 * DAY;
    const then = await list({ at, now: at });
    await project(books.slice(10).map((id) => viewed(id, "late", T0 - HOUR)));
    const past = await list({ at });
    expect(past).toEqual(then);
    expect(past.length).toBe(20);
    expect(await list({ at, limit: 3 })).toEqual(past.slice(0, 3));
    expect([...await list({ at, limit: 12 }), ...await list({ at, skip: 12, limit: 8 })]).toEqual(past);
    expect((await list({ at: T0 - 80 * DAY })).length).toBe(0);
  });

  it("the keys of an earlier moment are in one order, with many buckets or one, however many there are", async () => {
    const store = made().store.at(VERSION + 1);
    const at = bucketOf(T0);
    const buckets = (key: string, count: number, weightOf: (step: number) => number) =>
      Array.from({ length: count }, (_, step) => (
        {
          subject: "query" as const,
          key,
          kind: "searched" as const,
          start: at - step * BUCKET_MS,
          count: 1,
          weight: weightOf(step),
        }
      ));
    const all = [
      ...buckets("k150 busy", 20_500, () => 1),
      ...Array.from({ length: 300 }, (_, key) => buckets(`k${key}`, 1 + key % 3, (step) => 10 + (key * 7 + step) % 50))
        .flat(),
    ];
    await store.uow.run(({ counts }) => counts.add(all));
    const span = { from: at - 12 * 7 * DAY, at: at - HOUR / 12, halfLifeMs: 7 * DAY };
    const masses = [...Map.groupBy(all.filter(({ start }) => start > span.from && start <= span.at), ({ key }) => key)]
      .map(([key, own]) => ({
        key,
        mass: own.reduce((sum, { start, weight }) => sum + wholeMass(weight, span.at - start, span.halfLifeMs), 0),
      }));
    masses.sort((a, b) => b.mass - a.mass || (a.key < b.key ? -1 : 1));
    expect(masses[0]!.key).toBe("k150 busy");
    const wanted = masses.map(({ key }) => key);
    expect(await made().other.at(VERSION + 1).view.candidatesAt("query", span, 50)).toEqual(wanted.slice(0, 50));
    expect(await made().other.at(VERSION + 1).view.candidatesAt("query", span, 1_000)).toEqual(wanted);
  });

  it("keys of equal mass are in the order of their names, also where fractions would tell them apart", async () => {
    const store = made().store.at(VERSION + 2);
    const [at, halfLifeMs] = [bucketOf(T0), 7 * DAY];
    // Without the fraction of each power both come to the same; with it "b" would be first.
    const each = [{ key: "a", weight: 50, steps: 894 }, { key: "b", weight: 40, steps: 248 }];
    const masses = each.map(({ weight, steps }) => wholeMass(weight, steps * BUCKET_MS, halfLifeMs));
    expect(masses[0]).toBe(masses[1]);
    await store.uow.run(({ counts }) =>
      counts.add(each.map(({ key, weight, steps }) => (
        { subject: "query", key, kind: "searched", start: at - steps * BUCKET_MS, count: 1, weight }
      )))
    );
    const span = { from: at - 12 * halfLifeMs, at, halfLifeMs };
    expect(await made().other.at(VERSION + 2).view.candidatesAt("query", span, 2)).toEqual(["a", "b"]);
  });

  it("a list of an earlier moment has none that came to enough readers only later", async () => {
    const at = T0 - 30 * DAY;
    await project(["soon", "late"].map((id) => added(id)));
    await project([
      ...["a", "b", "c"].map((reader) => viewed("soon", reader, at - HOUR)),
      viewed("late", "a", at - HOUR),
      ...["b", "c"].map((reader) => viewed("late", reader, T0 - DAY)),
    ]);
    const own = async (moment: number) =>
      (await list({ at: moment, window: "30d", leastReaders: 3, limit: 100 })).map(({ id }) => id).filter((id) =>
        id === "soon" || id === "late"
      ).sort();
    expect(await own(at)).toEqual(["soon"]);
    expect(await own(T0)).toEqual(["late", "soon"]);
    const reached = async (span: { from?: number; to?: number }) =>
      [...await made().other.at(VERSION).floor.reached("book", ["soon", "late"], 2, span)].sort();
    expect(await reached({ to: at })).toEqual(["soon"]);
    expect(await reached({ to: at - HOUR - 1 })).toEqual([]);
    expect(await reached({ to: at - HOUR })).toEqual(["soon"]);
    expect(await reached({ from: at })).toEqual(["late"]);
    expect(await reached({ from: at, to: T0 - DAY - 1 })).toEqual([]);
    expect(await reached({ from: at, to: T0 - DAY })).toEqual(["late"]);
  });

  it("a half-life that has no stored scores ranks as its buckets say", async () => {
    await project(["near", "far"].map((id) => added(id)));
    await project([
      ...["a", "b"].map((reader) => viewed("near", reader, T0 - DAY)),
      ...["a", "b", "c", "d", "e"].map((reader) => viewed("far", reader, T0 - 8 * DAY)),
    ]);
    const ids = async (window: string) =>
      (await list({ window, limit: 100 })).map(({ id }) => id).filter((id) => id === "near" || id === "far");
    expect(await ids("3d")).toEqual(["near", "far"]);
    expect(await ids("12d")).toEqual(["far", "near"]);
  });

  it("editions of one work are one place, whose readers count once", async () => {
    await project([added("ed1", { work: "w" }), added("ed2", { work: "w" }), added("alone", { work: "v" })]);
    await project([
      ...["a", "b", "c"].map((reader) => viewed("ed1", reader, T0 - HOUR)),
      ...["c", "d"].map((reader) => viewed("ed2", reader, T0 - HOUR)),
      ...["a", "b", "c", "d"].map((reader) => viewed("alone", reader, T0 - HOUR)),
    ]);
    const places = (await list({ window: "1h" })).filter(({ id }) => ["ed1", "ed2", "alone"].includes(id));
    expect(places.map(({ id, rank, readers }) => [id, rank, readers])).toEqual([["ed1", 1, 4], ["alone", 2, 4]]);
  });

  it("a list of a subject holds the books that have it, whatever its case", async () => {
    await project([added("s1", { subjects: ["Science Fiction", "space"] }), added("s2", { subjects: ["poetry"] })]);
    await project(["s1", "s2"].map((book) => viewed(book, "a", T0 - HOUR)));
    expect((await list({ subject: "science fiction" })).map(({ id }) => id)).toEqual(["s1"]);
    expect(await list({ subject: "none" })).toEqual([]);
  });

  it("rising lists what is done more than is usual for it, and each place tells how far it rose", async () => {
    await project(["steady", "riser"].map((id) => added(id)));
    const days = Array.from({ length: 60 }, (_, day) => day);
    await project(
      days.flatMap((day) => ["a", "b", "c", "d"].map((r) => viewed("steady", r, T0 - day * DAY - 2 * HOUR))),
    );
    await project(["a", "b", "c"].map((reader) => viewed("riser", reader, T0 - 2 * HOUR)));
    const of = async (order: "top" | "rising") =>
      (await list({ order })).filter(({ id }) => id === "steady" || id === "riser");
    expect((await of("top")).map(({ id }) => id)).toEqual(["steady", "riser"]);
    expect((await of("rising")).map(({ id }) => id)[0]).toBe("riser");
    const [steady, riser] = await of("top");
    expect([steady!.change, riser!.change]).toEqual([0, null]);
    expect(riser!.history.reduce((sum, one) => sum + one, 0)).toBe(3);
    expect(riser!.history.indexOf(3)).toBe(22);
  });

  it("readers() gives each reader of several keys once, busy() no further than it is asked", async () => {
    await version().uow.run(({ votes }) =>
      votes.addNew([vote("m1", "x"), vote("m2", "x"), vote("m2", "y"), vote("m2", "z", { time: T0 - DAY })])
    );
    expect(await version().view.readers("book", ["m1", "m2"], T0 - HOUR, T0)).toEqual(new Set(["x", "y"]));
    expect(await version().view.readers("book", ["none"], T0 - HOUR, T0)).toEqual(new Set());
    const all = await version().view.busy("book", 0, 1_000_000);
    expect(all).toBeGreaterThan(100);
    expect(await version().view.busy("book", 0, 7)).toBe(7);
    expect(await version().view.busy("book", T0 + DAY, 7)).toBe(0);
  });

  it("the last setting is in force, for every process", async () => {
    const settings = [{ window: "70d", windows: ["30d", "90d"] }, { window: "7d", windows: ["24h"] }];
    expect(await made().store.settings.last()).toBe(undefined);
    for (const [at, setting] of settings.entries()) {
      const number = await made().store.settings.put(setting, T0 + at);
      expect(await made().other.settings.last()).toEqual({ number, time: T0 + at, setting });
    }
  });
}
