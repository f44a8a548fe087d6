import type { TimedAct } from "./trend_acts.ts";

/** What was done with a book up to the end of a unit: readers of each unit, by its number. */
type Past = { first: number; total: number; byUnit: Map<number, number> };

/** Units that a usual pace is taken from. */
const USUAL_UNITS = 28;
const TOP = 20;

/** Plain rankings that trends are compared with, and what rises by the same counts. */
export class References {
  readonly #books = new Map<string, Past>();

  /** Learns a unit. */
  add(unit: number, acts: TimedAct[]): void {
    for (const [book, readers] of readersOf(acts)) {
      const past = this.#books.get(book) ?? { first: unit, total: 0, byUnit: new Map() };
      past.total += readers;
      past.byUnit.set(unit, readers);
      this.#books.set(book, past);
    }
  }

  /** The lists of 20 of each reference at the end of a unit, by name. */
  lists(unit: number, unitMs: number): Record<string, string[]> {
    const ageHours = ({ first }: Past) => (unit + 1 - first) * unitMs / 3_600_000;
    return {
      "last unit": this.#best((past) => past.byUnit.get(unit) ?? 0),
      // (p - 1) / (T + 2)^1.8, as Hacker News ranked its front page.
      "Hacker News": this.#best((past) => (past.total - 1) / (ageHours(past) + 2) ** 1.8),
      "z-score": this.#best((past) => zScore(past, unit)),
      "all-time": this.#best(({ total }) => total),
    };
  }

  /** The books that rise most in the unit behind, by the counts of their readers there. */
  risers(unit: number, readers: Map<string, number>): Set<string> {
    const usual = (book: string) => usualOf(this.#books.get(book), unit);
    const rise = ([book, count]: [string, number]) => (count - usual(book)) / Math.sqrt(usual(book) + 3);
    const rising = [...readers].filter((one) => rise(one) > 0).sort((a, b) =>
      rise(b) - rise(a) || (a[0] < b[0] ? -1 : 1)
    );
    return new Set(rising.slice(0, TOP).map(([book]) => book));
  }

  #best(score: (past: Past) => number): string[] {
    const scored = [...this.#books].map(([book, past]) => [book, score(past)] as const).filter(([, one]) => one > 0);
    return scored.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, TOP).map(([book]) => book);
  }
}

/** Distinct readers of each book. */
export function readersOf(acts: TimedAct[]): Map<string, number> {
  const readers = new Map<string, Set<string>>();
  for (const { book, reader } of acts) readers.set(book, (readers.get(book) ?? new Set()).add(reader));
  return new Map([...readers].map(([book, own]) => [book, own.size]));
}

/** Readers a unit in the units before one. */
function usualOf(past: Past | undefined, unit: number): number {
  if (past === undefined) return 0;
  let sum = 0;
  for (let back = 0; back < USUAL_UNITS; back++) sum += past.byUnit.get(unit - back) ?? 0;
  return sum / USUAL_UNITS;
}

/** How many standard deviations the last unit is above the mean of those before it. */
function zScore({ byUnit }: Past, unit: number): number {
  const before = Array.from({ length: USUAL_UNITS }, (_, back) => byUnit.get(unit - 1 - back) ?? 0);
  const mean = before.reduce((sum, one) => sum + one, 0) / USUAL_UNITS;
  const variance = before.reduce((sum, one) => sum + (one - mean) ** 2, 0) / USUAL_UNITS;
  return ((byUnit.get(unit) ?? 0) - mean) / Math.sqrt(variance || 1);
}
