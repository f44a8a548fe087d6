import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import type { Interaction } from "@/domain/recommendation/interaction.ts";
import { DEFAULT_SETTINGS } from "@/domain/recommendation/settings.ts";
import { tuneRecommendation } from "@/application/recommendation/tuning/tune_recommendation.ts";

const READERS = 120;
const read = (reader: string, book: string, time: number): Interaction => ({
  reader,
  book,
  kind: "read",
  stars: 0,
  time,
});

/** Readers of a shop, given as the store does. */
const readersOf = (rows: Interaction[]) => ({
  interactions: () => Promise.resolve([]),
  searches: () => Promise.resolve([]),
  page: (after: string) => Promise.resolve(after === "" ? rows.toSorted((a, b) => a.reader < b.reader ? -1 : 1) : []),
});

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

describe("tune recommendation", () => {
  it("chooses settings that foretell the shop's last fifth better, by readers who had no part in the choice", async () => {
    const poor = { ...DEFAULT_SETTINGS, lately: 0 };
    const steps: string[] = [];
    const tuned = (await tuneRecommendation(readersOf(fashion), poor, {
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

  it("says that it is not sure where nothing does better", async () => {
    const tuned = (await tuneRecommendation(readersOf(ofTastes), DEFAULT_SETTINGS, { clock, maxMs: 60_000 }))!;
    expect([tuned.sure, tuned.after]).toEqual([false, tuned.before]);
  });

  it("judges by a thousand readers at most, half of whom choose", async () => {
    const many = Array.from({ length: 1_500 }, (_, reader) => [1, 2].map((at) => read(`r${reader}`, `b${at}`, at)));
    const tuned = await tuneRecommendation(readersOf(many.flat()), DEFAULT_SETTINGS, { clock, maxMs: 0 });
    expect(tuned!.readers).toBe(375);
  });

  it("keeps to its time, and says nothing of a shop where few chose anything", async () => {
    const tuned = (await tuneRecommendation(readersOf(fashion), DEFAULT_SETTINGS, { clock, maxMs: 0 }))!;
    expect([tuned.tried, tuned.settings, tuned.sure]).toEqual([1, DEFAULT_SETTINGS, false]);
    const few = fashion.filter(({ reader }) => reader < "r12");
    expect(await tuneRecommendation(readersOf(few), DEFAULT_SETTINGS, { clock, maxMs: 60_000 })).toBe(undefined);
  });
});
