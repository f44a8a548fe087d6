import { it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { DAY, HOUR, MINUTE } from "@/domain/hours.ts";
import { raise, scoreOf } from "@/domain/trend/decay.ts";
import { ratingVote } from "@/domain/trend/vote.ts";
import { bucketOf, WINDOWS } from "@/domain/trend/window.ts";
import { ACTIVITY } from "@/application/activity/messages.ts";
import type { TrendStore, TrendVersion } from "@/application/trend/ports.ts";
import { projectTrends } from "@/application/trend/counting/project_trends.ts";
import type { TrendEvent } from "@/application/trend/messages.ts";
import { T0 } from "@/tests/support/samples.ts";
import type { StoreUnderTest } from "@/tests/contracts/messaging/messaging_contract.ts";

/** What a trend store promises of scores: they are those of the votes, whoever adds and takes away at once. */
export function scoreRules(made: () => StoreUnderTest<TrendStore>): void {
  const run: TrendVersion["uow"]["run"] = (work) => made().store.at(1).uow.run(work);

  it("add() adds votes of any two times", async () => {
    const key = { subject: "book" as const, key: "far" };
    const times = [T0, T0 + 365 * DAY, T0 - HOUR];
    for (const time of times) await run(({ scores }) => scores.add([{ ...key, score: raise(undefined, 10, time) }]));
    const wanted = scoreOf(times.map((start) => ({ start, count: 1, weight: 10 })))!;
    const [stored] = await run(({ scores }) => scores.lock([key]));
    for (const window of WINDOWS) expect(stored!.score[window]).toBeCloseTo(wanted[window], 9);
  });

  it("counts and scores are those of the votes that are left, when readers are erased beside others' acts", async () => {
    const books = ["e1", "e2", "e3", "e4", "e5"];
    const gone = ["g0", "g1", "g2"];
    // More than one deletion takes at once.
    const many = Array.from({ length: 250 }, (_, at) => `own-g0-${at}`);
    const act = (reader: string, book: string, at: number): TrendEvent => ({
      type: ACTIVITY.bookViewed,
      id: `${reader}-${book}`,
      time: T0 + at * 20 * MINUTE,
      data: { reader, book },
    });
    const project = (at: number, events: TrendEvent[]) =>
      (at % 2 === 0 ? made().store : made().other).at(1).uow.run((stores) => projectTrends(events, stores));
    // Each has a book of its own as well, which nobody else reads.
    await project(0, gone.flatMap((reader, at) => [...books, `own-${reader}`].map((book) => act(reader, book, at))));
    await project(1, many.map((book) => act("g0", book, 0)));
    const adding = Array.from({ length: 8 }, (_, at) => {
      const events = books.map((book) => act(`s${at}`, book, at % 4));
      return project(at, at % 2 === 0 ? events : events.toReversed());
    });
    const erasing = gone.map((reader, at) =>
      project(at, [{ type: ACTIVITY.readerErased, id: `erased-${reader}`, time: T0, data: { reader } }])
    );
    await Promise.all([...adding, ...erasing]);
    const [view, keys] = [made().store.at(1).view, [...books, ...gone.map((reader) => `own-${reader}`), ...many]];
    const buckets = await view.buckets("book", keys);
    const scores = await run(({ scores }) => scores.lock(keys.map((key) => ({ subject: "book", key }))));
    expect(keys.map((key) => buckets.get(key)!.reduce((sum, { count }) => sum + count, 0))).toEqual([
      ...books.map(() => 8),
      ...[...gone, ...many].map(() => 0),
    ]);
    expect(scores.map(({ key }) => key).sort()).toEqual(books);
    for (const { key, score } of scores) {
      for (const window of WINDOWS) expect(score[window]).toBeCloseTo(scoreOf(buckets.get(key)!)![window], 9);
    }
  });

  it("ratings of no stars are no votes", async () => {
    const rated = (reader: string, rating: number): TrendEvent => ({
      type: ACTIVITY.bookRated,
      id: reader,
      time: T0,
      data: { reader, book: "zero", rating },
    });
    await run((stores) => projectTrends([rated("z1", 0), rated("z2", -3), rated("z3", 4)], stores));
    const [stored] = await run(({ scores }) => scores.lock([{ subject: "book", key: "zero" }]));
    const { weight } = ratingVote("zero", 4, { reader: "z3", time: T0 });
    expect(stored!.score["24h"]).toBeCloseTo(raise(undefined, weight, bucketOf(T0))["24h"], 9);
    expect((await run(({ counts }) => counts.of("book", "zero"))).reduce((sum, { count }) => sum + count, 0)).toBe(1);
  });

  it("add() adds to scores that are there or not, whoever does so at once and in whatever order", async () => {
    const keys = ["a1", "a2", "a3", "a4"];
    const weights = [10, 20, 40, 10, 30, 20];
    await run(({ scores }) => scores.put([{ subject: "book", key: "a1", score: raise(undefined, 50, T0) }]));
    await Promise.all(weights.map((weight, at) => {
      const rows = keys.map((key) => ({ subject: "book" as const, key, score: raise(undefined, weight, T0) }));
      const store = at % 2 === 0 ? made().store : made().other;
      return store.at(1).uow.run(({ scores }) => scores.add(at % 3 === 0 ? rows : rows.toReversed()));
    }));
    const stored = await run(({ scores }) => scores.lock(keys.map((key) => ({ subject: "book", key }))));
    expect(stored.map(({ key }) => key).sort()).toEqual(keys);
    for (const { key, score } of stored) {
      for (const window of WINDOWS) {
        expect(score[window]).toBeCloseTo(raise(undefined, key === "a1" ? 180 : 130, T0)[window], 9);
      }
    }
  });

  it("lock() keeps scores as they are: what others add comes behind what is put", async () => {
    const key = { subject: "book" as const, key: "l1" };
    const of = (weight: number) => ({ ...key, score: raise(undefined, weight, T0) });
    await run(({ scores }) => scores.put([of(70)]));
    let adding: Promise<void> | undefined;
    await run(async ({ scores }) => {
      expect(await scores.lock([key])).toEqual([of(70)]);
      adding ??= made().other.at(1).uow.run(({ scores }) => scores.add([of(30)]));
      await new Promise((resolve) => setTimeout(resolve, 50));
      await scores.put([of(10)]);
    });
    await adding;
    const [stored] = await run(({ scores }) => scores.lock([key]));
    expect(stored!.score["1h"]).toBeCloseTo(of(40).score["1h"], 9);
  });
}
