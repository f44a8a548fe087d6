import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import type { Interaction } from "@/domain/recommendation/interaction.ts";
import { type BookFacts, featuresOf } from "@/domain/recommendation/likeness.ts";
import { DEFAULT_SETTINGS } from "@/domain/recommendation/settings.ts";
import type { BookReader } from "@/application/recommendation/ports.ts";
import { holdOut } from "@/application/recommendation/tuning/hold_out.ts";
import { createJudge } from "@/application/recommendation/tuning/judge_settings.ts";
import { tuneRecommendation } from "@/application/recommendation/tuning/tune_recommendation.ts";

const READERS = 120;
const read = (reader: string, book: string, time: number): Interaction => ({
  reader,
  book,
  kind: "read",
  stars: 0,
  time,
});

/** Readers and books of a shop, given as the store does. `factsOf`: what is known of a book, by its id. */
const shopOf = (rows: Interaction[], factsOf: (book: string) => Partial<BookFacts> = () => ({})) => {
  const all = [...new Set(rows.map(({ book }) => book))].map((id): BookFacts => ({
    id,
    title: id,
    authors: [],
    subjects: [],
    popularity: 0,
    ...factsOf(id),
  }));
  const books: BookReader = {
    state: () => Promise.resolve({ books: "", lists: "" }),
    listsWritten: () => Promise.resolve([]),
    facts: (ids) => Promise.resolve(all.filter(({ id }) => ids.includes(id))),
    works: () => Promise.resolve([]),
    withFeatures: (features, limit) =>
      Promise.resolve(
        new Map(features.map((feature) => {
          const found = all.filter((book) => featuresOf(book).includes(feature));
          return [feature, found.slice(0, limit).map(({ id }) => id)];
        })),
      ),
    neighbours: () => Promise.resolve([]),
    popular: () => Promise.resolve([]),
  };
  const sorted = rows.toSorted((a, b) => a.reader < b.reader ? -1 : 1);
  return { readers: { page: (after: string) => Promise.resolve(after === "" ? sorted : []) }, books };
};

/** Every reader reads books that nobody else does, and once, a third of them before the others, what everybody reads now. */
const fashion = Array.from({ length: READERS }, (_, reader) =>
  Array.from({ length: 10 }, (_, at) => {
    const isNow = at === (reader % 3 === 0 ? 7 : 9);
    return read(`r${reader}`, isNow ? `what all read ${reader % 5}` : `own ${reader} ${at}`, at * 1_000 + reader);
  })).flat();

const ofTastes = Array.from(
  { length: READERS },
  (_, reader) =>
    Array.from({ length: 10 }, (_, at) => read(`r${reader}`, `t${reader % 4} b${at}`, at * 1_000_000 + reader)),
).flat();

const withoutTimes = (rows: Interaction[]) => rows.map((row) => ({ ...row, time: 0 }));

/** Readers of one of four tastes with books of it, some of which all know, and one that nobody else reads. */
const busyAndRare = (): Interaction[] =>
  Array.from({ length: 400 }, (_, reader) =>
    Array.from({ length: 10 }, (_, at) => {
      const book = at === 9 ? `own ${reader}` : `t${reader % 4} b${at < 5 ? at : 5 + (reader * 7 + at * 11) % 40}`;
      return read(`r${reader}`, book, reader * 10 + at);
    })).flat();

describe("tune recommendation", () => {
  it("chooses settings that foretell the shop's last fifth better, by readers who had no part in the choice", async () => {
    const poor = { ...DEFAULT_SETTINGS, lately: 0 };
    const steps: string[] = [];
    const tuned = (await tuneRecommendation(shopOf(fashion), poor, {
      clock,
      maxMs: 60_000,
      onProgress: ({ step, done }) => steps.push(`${step} ${done}`),
    }))!;
    expect(tuned.settings.lately).toBeGreaterThan(0);
    expect(tuned.after).toBeGreaterThan(tuned.before);
    expect(tuned.sure).toBe(true);
    expect(steps[0]).toBe(`reading ${fashion.length}`);
    expect(steps.at(-1)).toBe(`trying ${tuned.tried - 1}`);
  });

  it("counts books of the same authors more in a shop whose readers follow authors", async () => {
    // Nobody reads what another has read.
    const rows = Array.from(
      { length: READERS },
      (_, reader) =>
        Array.from({ length: 10 }, (_, at) => read(`r${reader}`, `a${reader} b${at}`, at * 1_000 + reader)),
    ).flat();
    const factsOf = (book: string) => ({ authors: [book.split(" ")[0]!] });
    const poor = { ...DEFAULT_SETTINGS, alike: 0 };
    const tuned = (await tuneRecommendation(shopOf(rows, factsOf), poor, { clock, maxMs: 60_000 }))!;
    expect([tuned.settings.alike > 0, tuned.sure]).toEqual([true, true]);
  });

  it("counts new books more in a shop whose readers of recent books choose them", async () => {
    // All books of an author are alike. A third of the readers choose the new one before the others do.
    const rows = Array.from({ length: READERS }, (_, reader) =>
      Array.from({ length: 10 }, (_, at) => {
        const isNew = at === (reader % 3 === 0 ? 7 : 9);
        return read(`r${reader}`, `a${reader % 40} ${isNew ? "z" : "b"}${reader} ${at}`, at * 1_000 + reader);
      })).flat();
    const factsOf = (book: string) => ({
      authors: [book.split(" ")[0]!],
      year: book.includes("z") ? 1930 : 1929,
    });
    const poor = { ...DEFAULT_SETTINGS, lately: 0.1, fresh: 0 };
    const tuned = (await tuneRecommendation(shopOf(rows, factsOf), poor, { clock, maxMs: 60_000 }))!;
    expect([tuned.settings.fresh > 0, tuned.sure]).toEqual([true, true]);
  });

  it("says that it is not sure where nothing does better", async () => {
    const tuned = (await tuneRecommendation(shopOf(ofTastes), DEFAULT_SETTINGS, { clock, maxMs: 60_000 }))!;
    expect([tuned.sure, tuned.after]).toEqual([false, tuned.before]);
  });

  it("judges by 2,000 readers at most who had no part in the choice, and by fewer where they have many books", () => {
    const many = (readers: number, books: number) =>
      Array.from(
        { length: readers },
        (_, reader) =>
          Array.from({ length: books }, (_, at) => read(`r${reader}`, `b${(reader * 7 + at) % (2 * books)}`, at)),
      ).flat();
    const judgedBy = (rows: Interaction[]) => holdOut(rows).judging.cases.length;
    expect([judgedBy(many(5_000, 2)), judgedBy(many(1_300, 200))]).toEqual([1_250, 325]);
  });

  it("without an order of times, holds out a fifth of the acts and chooses what fits it, whoever reads the times", async () => {
    const rows = withoutTimes(busyAndRare()).sort((a, b) => a.reader < b.reader ? -1 : 1);
    const history = holdOut(rows);
    const heldBooks = history.choosing.cases.flatMap(({ wanted }) => [...wanted.keys()]);
    expect(history.isOrdered).toBe(false);
    expect(heldBooks.length / rows.length).toBeCloseTo(0.2, 1);
    expect(holdOut(rows.toReversed().map((row) => ({ ...row, time: 7 }))).choosing.cases.length).toBe(
      history.choosing.cases.length,
    );
    const poor = { ...DEFAULT_SETTINGS, target: 1, shrink: 1 };
    const tuned = (await tuneRecommendation(shopOf(rows), poor, { clock, maxMs: 60_000 }))!;
    expect([tuned.sure, tuned.settings.target < 1]).toEqual([true, true]);
    // The order of time tells nothing here, so nothing of it is tried.
    const { recency, lately, fade } = tuned.settings;
    expect({ ...poor, recency, lately, fade }).toEqual(poor);
    const judged = await createJudge(history.judging, shopOf(rows).books, () => Promise.resolve())(tuned.settings);
    expect(judged.reduce((sum, one) => sum + one, 0) / judged.length).toBeCloseTo(tuned.after, 10);
  });

  it("holds out nobody's act from readers with few, and no act of another kind of the same book", () => {
    const few = Array.from(
      { length: 400 },
      (_, reader) => [1, 2].map((at) => read(`r${reader}`, `b${at} ${reader}`, 5)),
    );
    expect(holdOut(few.flat()).choosing.cases).toEqual([]);
    const rows = withoutTimes(busyAndRare()).flatMap((row): Interaction[] => [row, { ...row, kind: "viewed" }]);
    const { known, cases } = holdOut(rows).judging;
    for (const { reader, wanted } of cases) {
      expect(known.get(reader)!.some(({ book }) => wanted.has(book))).toBe(false);
    }
  });

  it("keeps to its time, and says nothing of a shop where few chose anything", async () => {
    const tuned = (await tuneRecommendation(shopOf(fashion), DEFAULT_SETTINGS, { clock, maxMs: 0 }))!;
    expect([tuned.tried, tuned.settings, tuned.sure]).toEqual([1, DEFAULT_SETTINGS, false]);
    const few = fashion.filter(({ reader }) => reader < "r12");
    expect(await tuneRecommendation(shopOf(few), DEFAULT_SETTINGS, { clock, maxMs: 60_000 })).toBe(undefined);
  });
});
