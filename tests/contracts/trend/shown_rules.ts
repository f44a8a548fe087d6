import { it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { HOUR } from "@/domain/hours.ts";
import type { Vote } from "@/domain/trend/vote.ts";
import { raise } from "@/domain/trend/decay.ts";
import {
  type SubjectKey,
  type TrendBook,
  type TrendQuery,
  type TrendStore,
  type TrendVersion,
} from "@/application/trend/ports.ts";
import { T0, vote } from "@/tests/support/samples.ts";
import type { StoreUnderTest } from "@/tests/contracts/messaging/messaging_contract.ts";

/** What a trend store promises of what it shows and gives out: books, queries, removals, and its rows in pages. */
export function shownRules(made: () => StoreUnderTest<TrendStore>): void {
  const run: TrendVersion["uow"]["run"] = (work) => made().store.at(1).uow.run(work);

  it("shows the latest version of a book and the latest query, whatever comes late", async () => {
    const shown = { id: "sb", title: "New", authors: ["A"], version: 2, removed: false };
    await run(({ shown: store }) => store.putBooks([shown]));
    await run(({ shown: store }) => store.putBooks([{ ...shown, title: "Old", version: 1 }]));
    await run(({ shown: store }) => store.putQueries([{ key: "k", query: "New", books: ["b"], time: 2 }]));
    await run(({ shown: store }) => store.putQueries([{ key: "k", query: "Old", books: [], time: 1 }]));
    const { books, queries } = await made().other.at(1).view.shown(["sb", "none"], ["k", "none"]);
    expect([...books.values()]).toEqual([shown]);
    expect([...queries.values()]).toEqual([{ key: "k", query: "New", books: ["b"], time: 2 }]);
  });

  it("finds voters behind many votes of one of them", async () => {
    const busy = Array.from({ length: 40 }, (_, hour) => vote("behind", "a", { time: T0 + hour * HOUR, client: "ca" }));
    const late = ["b", "c"].map((reader) => vote("behind", reader, { time: T0 + 50 * HOUR, client: `c${reader}` }));
    await run(({ votes }) => votes.addNew([...busy, ...late]));
    const { floor } = made().other.at(1);
    const reached = async (least: number, to = T0 + 50 * HOUR) => [
      ...await floor.reached("book", ["behind"], least, { to }),
    ];
    expect([await reached(3), await reached(4), await reached(3, T0 + 49 * HOUR), await reached(1, T0 - HOUR)])
      .toEqual([["behind"], [], [], []]);
  });

  it("knows when each id was last removed, and counts what came for it since", async () => {
    const removal = (id: string, version: number, time: number) => ({ id, version, time });
    await run(async ({ shown }) => {
      await shown.putRemovals([removal("gone", 2, T0), removal("never-shown", 1, T0)]);
      await shown.putBooks([{ id: "gone", title: "Again", authors: [], version: 3, removed: false }]);
    });
    await run(({ shown }) => shown.putRemovals([removal("gone", 1, T0 + HOUR)]));
    await run(({ shown }) => shown.putRemovals([removal("gone", 2, T0 - HOUR)]));
    const { view, floor, shownHistory } = made().other.at(1);
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
    const reached = async (least: number, from = 0) => [...await floor.reached("book", ["gone"], least, { from })];
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
    const { queries } = await made().other.at(1).view.shown([], orders.map((_, at) => `tie-${at}`));
    expect([...queries.values()].map(({ key: _key, ...shown }) => shown)).toEqual(orders.map(() => a!));
  });

  it("gives what it holds in the order of keys, in pages, each row once, up to a time", async () => {
    const { uow, history, shownHistory } = made().store.at(7);
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
}
