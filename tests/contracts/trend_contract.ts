import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { HOUR } from "@/domain/hours.ts";
import type { Vote } from "@/domain/trend/vote.ts";
import { raise } from "@/domain/trend/decay.ts";
import { WINDOWS } from "@/domain/trend/window.ts";
import {
  SPELLING_VOTES,
  type SubjectKey,
  type TrendBook,
  type TrendQuery,
  type TrendStore,
  type TrendVersion,
  type VotesPurged,
} from "@/application/trend/ports.ts";
import { T0, vote } from "@/tests/support/samples.ts";
import type { StoreUnderTest } from "./messaging_contract.ts";
import { scoreRules } from "./score_rules.ts";

/** What every trend store promises. */
export function trendContract(name: string, make: () => Promise<StoreUnderTest<TrendStore>>): void {
  describe(`trend store: ${name}`, () => {
    let made: StoreUnderTest<TrendStore>;
    before(async () => {
      made = await make();
    });
    after(() => made?.close());
    const run: TrendVersion["uow"]["run"] = (work) => made.store.at(1).uow.run(work);

    it("addNew() returns only the votes that were not there: same key, kind, reader and hour are one vote", async () => {
      const first = vote("v1", "r1");
      const others = [
        vote("v1", "r2"),
        vote("v1", "r1", { kind: "read" }),
        vote("v1", "r1", { time: T0 + HOUR }),
        vote("v1", "r1", { subject: "query" }),
      ];
      expect(await run(({ votes }) => votes.addNew([first, { ...first, time: T0 + 1_000 }]))).toEqual([first]);
      expect(await run(({ votes }) => votes.addNew([{ ...first, weight: 99 }, ...others]))).toEqual(others);
    });

    it("counts add up, and a bucket that comes to nothing is gone", async () => {
      const bucket = { subject: "book" as const, key: "c1", kind: "viewed" as const, start: T0, count: 2, weight: 20 };
      await run(({ counts }) => counts.add([bucket, { ...bucket, kind: "read", count: 1, weight: 40 }]));
      await run(({ counts }) => counts.add([{ ...bucket, count: 3, weight: 30 }]));
      expect(await run(({ counts }) => counts.of("book", "c1"))).toEqual([
        { ...bucket, kind: "read", count: 1, weight: 40 },
        { ...bucket, count: 5, weight: 50 },
      ]);
      expect(await made.other.at(1).view.buckets("book", ["c1"])).toEqual(
        new Map([["c1", [{ start: T0, count: 6, weight: 90 }]]]),
      );
      await run(({ counts }) => counts.add([{ ...bucket, count: -5, weight: -50 }]));
      expect((await run(({ counts }) => counts.of("book", "c1"))).map(({ kind }) => kind)).toEqual(["read"]);
    });

    it("candidates come by the window's stored score, ties by key, and skip passes over the first", async () => {
      const [low, high] = [raise(undefined, 10, T0), raise(undefined, 20, T0)];
      await run(({ scores }) =>
        scores.put([{ subject: "query", key: "s-b", score: low }, { subject: "query", key: "s-a", score: low }, {
          subject: "query",
          key: "s-c",
          score: high,
        }])
      );
      for (const window of WINDOWS) {
        expect(await made.store.at(1).view.candidates("query", window, 0, 10)).toEqual(["s-c", "s-a", "s-b"]);
      }
      expect(await made.other.at(1).view.candidates("query", "7d", 1, 1)).toEqual(["s-a"]);
      expect(
        await run(({ scores }) => scores.lock([{ subject: "query", key: "s-c" }, { subject: "query", key: "none" }])),
      ).toEqual([
        { subject: "query", key: "s-c", score: high },
      ]);
      await run(({ scores }) => scores.remove([{ subject: "query", key: "s-c" }]));
      expect(await made.store.at(1).view.candidates("query", "1h", 0, 10)).toEqual(["s-a", "s-b"]);
    });

    scoreRules(() => made);

    it("tally() counts the votes of a span to the millisecond, searches apart, readers once", async () => {
      const at = T0 + 48 * HOUR;
      await run(({ votes }) =>
        votes.addNew([
          vote("t1", "r1", { time: at }),
          vote("t1", "r1", { time: at, kind: "read" }),
          vote("t1", "r2", { time: at - 24 * HOUR + 1, kind: "found" }),
          vote("t1", "r3", { time: at - 24 * HOUR }),
          vote("t1", "r4", { time: at + 1 }),
        ])
      );
      expect(await made.store.at(1).view.tally("book", ["t1", "none"], at - 24 * HOUR, at)).toEqual(
        new Map([["t1", { count: 2, readers: 2, searches: 1 }], ["none", { count: 0, readers: 0, searches: 0 }]]),
      );
    });

    it("the floor is reached by distinct readers, not by votes", async () => {
      await run(({ votes }) => votes.addNew([0, 1, 2, 3].map((hour) => vote("f1", "r1", { time: T0 + hour * HOUR }))));
      await run(({ votes }) => votes.addNew(["r1", "r2"].map((reader) => vote("f2", reader))));
      expect(await made.store.at(1).floor.reached("book", ["f1", "f2", "none"], 2)).toEqual(new Set(["f2"]));
    });

    it("the floor is reached by distinct clients too: readers of one client are one, and a reader is one by any client", async () => {
      const by = (key: string, reader: string, client?: string, fields: Partial<Vote> = {}) =>
        vote(key, reader, { ...fields, ...(client === undefined ? {} : { client }) });
      await run(({ votes }) =>
        votes.addNew([
          ...["r1", "r2", "r3"].map((reader) => by("f3", reader, "c1")),
          ...["c1", "c2", "c3"].map((client, hour) => by("f4", "r1", client, { time: T0 + hour * HOUR })),
          ...["r1", "r2"].map((reader, at) => by("f5", reader, `c${at}`)),
          by("f6", "r1", "c1"),
          by("f6", "r2"),
        ])
      );
      const reached = (least: number) => made.store.at(1).floor.reached("book", ["f3", "f4", "f5", "f6"], least);
      expect(await reached(2)).toEqual(new Set(["f5", "f6"]));
      expect(await reached(1)).toEqual(new Set(["f3", "f4", "f5", "f6"]));
    });

    it("ofSameDays() gives the votes of the same voters, keys and days, as they were stored", async () => {
      const midnight = Date.UTC(2026, 10, 20);
      const own = [
        vote("d1", "d-r1", { time: midnight, weight: 7, client: "c1" }),
        vote("d1", "d-r1", { time: midnight + 23 * HOUR, kind: "read", weight: 40 }),
        vote("d2", "d-r2", { time: midnight + HOUR }),
      ];
      const others = [
        vote("d1", "d-r1", { time: midnight - 1 }),
        vote("d1", "d-r1", { time: midnight + 24 * HOUR }),
        vote("d1", "d-r2", { time: midnight }),
        vote("d2", "d-r1", { time: midnight }),
        vote("d1", "d-r1", { time: midnight, subject: "query" }),
      ];
      await run(({ votes }) => votes.addNew([...own, ...others]));
      const asked = [
        vote("d1", "d-r1", { time: midnight + 12 * HOUR, kind: "want" }),
        vote("d2", "d-r2", { time: midnight + 5 * HOUR }),
        vote("d3", "d-r3", { time: midnight }),
      ];
      const found = await run(({ votes }) => votes.ofSameDays(asked));
      expect(found.sort((a, b) => a.key < b.key ? -1 : a.key > b.key ? 1 : a.time - b.time)).toEqual(own);
      expect(await run(({ votes }) => votes.ofSameDays([]))).toEqual([]);
      expect(await made.store.at(2).uow.run(({ votes }) => votes.ofSameDays(asked))).toEqual([]);
    });

    it("spellings() counts readers and clients of each spelling", async () => {
      const spelled = (reader: string, spelling: string | undefined, fields: Partial<Vote> = {}) =>
        vote("sp1", reader, {
          subject: "query",
          kind: "searched",
          ...fields,
          ...(spelling === undefined ? {} : { spelling }),
        });
      await run(({ votes }) =>
        votes.addNew([
          spelled("r1", "Dune", { client: "c1" }),
          spelled("r1", "Dune", { time: T0 + HOUR, client: "c2" }),
          spelled("r2", "Dune"),
          spelled("r3", "dune", { client: "c3" }),
          spelled("r4", "dune", { client: "c3" }),
          spelled("r5", "Duné"),
          spelled("r6", undefined),
        ])
      );
      const found = await made.other.at(1).view.spellings(["sp1", "none"]);
      expect(found.get("none")).toEqual([]);
      expect(new Set(found.get("sp1"))).toEqual(
        new Set([
          { spelling: "Dune", readers: 2, clients: 3 },
          { spelling: "dune", readers: 2, clients: 1 },
          { spelling: "Duné", readers: 1, clients: 1 },
        ]),
      );
    });

    it("spellings() looks at the newest votes alone, so that a query of many votes costs no more", async () => {
      const of = (reader: string, hour: number, spelling: string): Vote =>
        vote("sp2", reader, { subject: "query", kind: "searched", time: T0 + hour * HOUR, spelling });
      const newer = Array.from(
        { length: SPELLING_VOTES - 1 },
        (_, at) => of(`r${String(at).padStart(3, "0")}`, 2, "new"),
      );
      await run(({ votes }) => votes.addNew([of("a", 1, "old"), of("b", 1, "between"), ...newer]));
      expect((await made.store.at(1).view.spellings(["sp2"])).get("sp2")).toEqual(
        expect.arrayContaining([
          { spelling: "between", readers: 1, clients: 1 },
          { spelling: "new", readers: SPELLING_VOTES - 1, clients: SPELLING_VOTES - 1 },
        ]),
      );
      expect((await made.store.at(1).view.spellings(["sp2"])).get("sp2")!.length).toBe(2);
    });

    it("purge() removes votes of old hours key by key, unless they were stored lately, and leaves counts as they are", async () => {
      const keys = ["p1", "p2", "p3"];
      const old = keys.flatMap((key) =>
        ["r1", "r2", "r3"].map((reader) => vote(key, reader, { time: T0 - 100 * HOUR }))
      );
      const young = keys.map((key) => vote(key, "r1", { time: T0 }));
      const bucket = { subject: "book" as const, key: "p1", kind: "viewed" as const, start: T0, count: 4, weight: 40 };
      await run(async ({ votes, counts, scores }) => {
        await votes.addNew([...old, ...young, vote("p-query", "r1", { subject: "query", time: T0 - 100 * HOUR })]);
        await counts.add([bucket]);
        const score = raise(undefined, 10, T0);
        await scores.put([...keys, "p-none"].map((key) => ({ subject: "book" as const, key, score })));
        await scores.put([{ subject: "query", key: "p-query", score }]);
      });
      const walk = async (before: number) => {
        const removed: number[] = [];
        for (let after: SubjectKey | undefined, done = false; !done;) {
          const step: VotesPurged = await run(({ votes }) => votes.purge(before, after, 2));
          removed.push(step.removed);
          ({ after, done } = step);
        }
        expect(Math.max(...removed)).toBeLessThanOrEqual(2);
        return removed.reduce((sum, one) => sum + one, 0);
      };
      const left = async () => {
        const tally = await made.other.at(1).view.tally("book", keys, 0, T0);
        return keys.map((key) => tally.get(key)!.count);
      };
      // Stored a moment ago, so that a repetition of the event must still find it.
      expect([await walk(T0 - HOUR), await left()]).toEqual([0, [4, 4, 4]]);
      const stored = Date.now() + HOUR;
      expect(stored).toBeGreaterThan(T0);
      expect(await walk(stored)).toBeGreaterThanOrEqual(10);
      expect([await walk(stored), await left()]).toEqual([0, [0, 0, 0]]);
      expect(await run(({ counts }) => counts.of("book", "p1"))).toEqual([bucket]);
    });

    it("removeReader() takes all votes of one reader and returns them", async () => {
      const own = [vote("e1", "erase-me"), vote("e2", "erase-me", { kind: "read", weight: 40 })];
      await run(({ votes }) => votes.addNew([...own, vote("e1", "stays")]));
      const removed = await run(({ votes }) => votes.removeReader("erase-me"));
      expect(removed.sort((a, b) => a.key < b.key ? -1 : 1)).toEqual(own);
      expect(await run(({ votes }) => votes.removeReader("erase-me"))).toEqual([]);
      expect((await made.store.at(1).view.tally("book", ["e1"], T0 - 1, T0)).get("e1")).toEqual({
        count: 1,
        readers: 1,
        searches: 0,
      });
    });

    it("shows the latest version of a book and the latest query, whatever comes late", async () => {
      const shown = { id: "sb", title: "New", authors: ["A"], version: 2, removed: false };
      await run(({ shown: store }) => store.putBooks([shown]));
      await run(({ shown: store }) => store.putBooks([{ ...shown, title: "Old", version: 1 }]));
      await run(({ shown: store }) => store.putQueries([{ key: "k", query: "New", books: ["b"], time: 2 }]));
      await run(({ shown: store }) => store.putQueries([{ key: "k", query: "Old", books: [], time: 1 }]));
      const { books, queries } = await made.other.at(1).view.shown(["sb", "none"], ["k", "none"]);
      expect([...books.values()]).toEqual([shown]);
      expect([...queries.values()]).toEqual([{ key: "k", query: "New", books: ["b"], time: 2 }]);
    });

    it("knows when each id was last removed, and counts what came for it since", async () => {
      const removal = (id: string, version: number, time: number) => ({ id, version, time });
      await run(async ({ shown }) => {
        await shown.putRemovals([removal("gone", 2, T0), removal("never-shown", 1, T0)]);
        await shown.putBooks([{ id: "gone", title: "Again", authors: [], version: 3, removed: false }]);
      });
      await run(({ shown }) => shown.putRemovals([removal("gone", 1, T0 + HOUR)]));
      await run(({ shown }) => shown.putRemovals([removal("gone", 2, T0 - HOUR)]));
      const { view, floor, shownHistory } = made.other.at(1);
      const { books } = await view.shown(["gone", "sb", "never-shown"], []);
      expect([...books.values()].map(({ id, since }) => [id, since])).toEqual([["gone", T0], ["sb", undefined]]);
      const removals = await shownHistory.removals(undefined, 10);
      expect(removals).toEqual([removal("gone", 2, T0), removal("never-shown", 1, T0)]);
      expect(await shownHistory.removals(removals[0], 10)).toEqual([removals[1]]);
      await run(({ votes }) =>
        votes.addNew([
          vote("gone", "r1", { time: T0 - 1 }),
          vote("gone", "r2", { time: T0 }),
          vote("gone", "r3", { time: T0 + 5, weight: 40 }),
          vote("gone", "r4", { time: T0 + 6 }),
        ])
      );
      const spans = [{ key: "gone", from: T0, to: T0 + 6 }, { key: "none", from: 0, to: T0 }];
      expect(Object.fromEntries(await view.sums(spans))).toEqual({
        gone: { count: 2, weight: 50 },
        none: { count: 0, weight: 0 },
      });
      const reached = async (
        least: number,
        ...from: number[]
      ) => [...await floor.reached("book", ["gone"], least, ...from)];
      expect([await reached(4), await reached(4, T0), await reached(3, T0), await reached(1, T0 + 7)])
        .toEqual([["gone"], [], ["gone"], []]);
    });

    it("shows one of two queries of one time, whichever comes first", async () => {
      const [a, b, c] = [["Dune", ["b1"]], ["dune", ["b1"]], ["Dune", ["b2"]]].map(([query, books]) => ({
        query: query as string,
        books: books as string[],
        time: 5,
      }));
      const orders = [[a, b, c], [b, a, c], [c, b, a], [c, a, b]];
      for (const [at, order] of orders.entries()) {
        for (const one of order) await run(({ shown }) => shown.putQueries([{ ...one!, key: `tie-${at}` }]));
      }
      const { queries } = await made.other.at(1).view.shown([], orders.map((_, at) => `tie-${at}`));
      expect([...queries.values()].map(({ key: _key, ...shown }) => shown)).toEqual(orders.map(() => a!));
    });

    it("gives what it holds in the order of keys, in pages, each row once, up to a time", async () => {
      const { uow, history, shownHistory } = made.store.at(7);
      const [early, late] = [T0, T0 + 3 * HOUR];
      const keys = [["book", "h1"], ["book", "h2"], ["book", "ü"], ["query", "h1"]] as const;
      const subjects = keys.map(([subject, key]) => ({ subject, key }));
      const votes = [early, late].flatMap((time) =>
        ["r1", "r2"].flatMap((reader) => [vote("h1", reader, { time, kind: "read" }), vote("h1", reader, { time })])
      );
      const others = ["h2", "ü"].map((key) => vote(key, "r1"));
      others.push(vote("h1", "r9", { subject: "query" }));
      const bucket = { subject: "book" as const, key: "h1", count: 2, weight: 20 };
      const buckets = [early, late].flatMap((start) => [
        { ...bucket, kind: "read" as const, start },
        { ...bucket, kind: "viewed" as const, start },
      ]);
      const books = ["s1", "s2", "s3"].map((id) => ({ id, title: id, authors: [], version: 1, removed: id === "s2" }));
      const queries = ["k1", "k2", "k3"].map((key, at) => ({ key, query: key, books: [], time: at }));
      await uow.run(async (stores) => {
        await stores.votes.addNew([...others, ...votes.toReversed()]);
        await stores.counts.add([...buckets.toReversed(), { ...bucket, key: "h2", kind: "viewed", start: early }]);
        const score = raise(undefined, 10, T0);
        await stores.scores.put(subjects.toReversed().map((one) => ({ ...one, score })));
        await stores.shown.putBooks(books.toReversed());
        await stores.shown.putQueries(queries.toReversed());
      });
      const all = async <Row>(read: (after: Row | undefined, limit: number) => Promise<Row[]>) => {
        const rows: Row[] = [];
        for (let page = await read(undefined, 2); page.length > 0; page = await read(rows.at(-1), 2)) {
          expect(page.length).toBeLessThanOrEqual(2);
          rows.push(...page);
        }
        return rows;
      };
      expect(await all<SubjectKey>((after, limit) => history.keys(after, limit))).toEqual(subjects);
      const [own] = subjects as [SubjectKey];
      const upTo = (before: number) => all<Vote>((after, limit) => history.votes(own, before, after, limit));
      expect(await upTo(late + 1)).toEqual(votes);
      expect(await upTo(late)).toEqual(votes.slice(0, 4));
      expect(await history.votes(subjects[2]!, late, undefined, 9)).toEqual([others[1]]);
      expect(await history.buckets(own, late)).toEqual(buckets.slice(0, 2));
      expect(await history.buckets(own, late + 1)).toEqual(buckets);
      expect(await all<TrendBook>((after, limit) => shownHistory.books(after, limit))).toEqual(books);
      expect(await all<TrendQuery>((after, limit) => shownHistory.queries(2, after, limit))).toEqual(
        queries.slice(0, 2),
      );
    });

    it("knows erased readers", async () => {
      await run(({ erased }) => erased.add("gone", 1));
      expect(await run(({ erased }) => erased.has(["gone", "here"]))).toEqual(new Set(["gone"]));
    });

    it("lets a mark pass unless it is kept, and keeps one that was kept", async () => {
      await run(async ({ erased }) => {
        for (const [at, reader] of ["pass1", "pass2", "kept", "young"].entries()) await erased.add(reader, 100 + at);
        await erased.keep("kept");
        await erased.add("kept", 50);
      });
      const purge = (before: number, most: number) =>
        made.other.at(2).uow.run(({ erased }) => erased.purge(before, most));
      while (await purge(100, 100) > 0);
      expect([await purge(103, 1), await purge(103, 5), await purge(103, 5)]).toEqual([1, 1, 0]);
      const names = ["pass1", "pass2", "kept", "young"];
      expect(await run(({ erased }) => erased.has(names))).toEqual(new Set(["kept", "young"]));
    });
  });
}
