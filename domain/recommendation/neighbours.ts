import type { Taste } from "./interaction.ts";

/** A neighbour of a book: a book that the same readers chose, with its similarity, 0 and more. */
export type Neighbour = { book: string; similarity: number };

/**
 * Settings of the engine, versioned data: `g` damps readers of many books; `shrink` damps books with few readers, and is
 * counted in readers as busy as theirs, so that it means the same in every shop. `fade` damps pairs of books that a reader
 * chose far apart. `source` and `target` are the exponents by which the readers of a book and of its neighbour damp: the lower
 * `target`, the nearer are popular books.
 */
export type EngineSettings = {
  g: number;
  shrink: number;
  keep: number;
  history: number;
  fade: number;
  source: number;
  target: number;
};
export const DEFAULT_ENGINE: EngineSettings = {
  g: 0.5,
  shrink: 4,
  keep: 50,
  history: 100,
  fade: 0.4,
  source: 0.5,
  target: 0.5,
};

/** How many readers chose a book, and the sum of their weights in whole units. */
export type Degree = { readers: number; units: number };

/** So many steps double a degree. */
const STEPS = 8;
const stepOf = (count: number): number => count === 0 ? 0 : 2 ** (Math.round(Math.log2(count) * STEPS) / STEPS);

/** A degree as the lists of other books see it: in steps of a twelfth, so that one reader more seldom changes them all. */
export const steppedDegree = ({ readers, units }: Degree): Degree => ({
  readers: stepOf(readers),
  units: stepOf(units),
});

/** Whole units of a co-occurrence weight: sums of whole numbers do not depend on their order. */
const UNIT = 2 ** 20;

/** A book that a reader chose, and at which of their steps, counted back from the newest: acts of one time are one step. */
type Paired = { book: string; step: number; time: number };

/** The part of a reader's books that co-occurrence is made of: the newest `history` that say something, newest first. */
export function pairableBooks(tastes: Taste[], settings: EngineSettings): Paired[] {
  const chosen = tastes.filter((taste) => taste.weight > 0).slice(0, settings.history);
  let step = 0;
  return chosen.map(({ book, time }, at) => {
    if (at > 0 && time !== chosen[at - 1]!.time) step++;
    return { book, step, time };
  });
}

/** What a reader adds to a pair of their books of one step or of neighbouring ones, `(n+1)^-g`, in whole units. */
export const readerWeight = (books: number, settings: EngineSettings): number =>
  Math.round(UNIT * (books + 1) ** -settings.g);

/** A pair says less of the book that came first: the next of a series is wanted rather than the one before. */
const BACKWARDS = 0.6;

/**
 * What is left of a reader's weight for a book so many steps after another one, 0..1: `steps^-fade`, and less for one that was
 * before it (below 0).
 */
export const nearness = (after: number, settings: EngineSettings): number =>
  Math.max(1, Math.abs(after)) ** -settings.fade * (after < 0 ? BACKWARDS : 1);

/**
 * How near a book has another one, in whole billionths: `C_ij / (d_i^source · d_j^target)` over readers weighted by `(n+1)^-g`,
 * the cosine where both exponents are .5, shrunk by `n / (n + shrink)` with `n = sqrt(n_i·n_j)` readers (after Deshpande and
 * Karypis, Item-based top-N recommendation, TOIS 2004). `together` is in whole units: the sum of `readerWeight` times `nearness`
 * of the other book, rounded. `other` is in steps.
 */
export function similarity(together: number, one: Degree, other: Degree, settings: Damping): number {
  const damped = power(one.units / UNIT, settings.source) * power(other.units / UNIT, settings.target);
  const readers = Math.sqrt(one.readers * other.readers);
  return Math.round(together / UNIT / damped * readers / (readers + settings.shrink) * 1e9) / 1e9;
}

type Damping = Pick<EngineSettings, "source" | "target" | "shrink">;

/** Roots are much faster than other powers. */
const power = (base: number, exponent: number): number => exponent === 0.5 ? Math.sqrt(base) : base ** exponent;

/** The `keep` nearest of these books, nearest first, ties by id. */
export function nearest(similarities: Float64Array, bookAt: (place: number) => string, keep: number): Neighbour[] {
  // Most books are not among the nearest, so that a bar is cheaper than sorting them all by id too.
  const bar = similarities.length <= keep ? 0 : similarities.toSorted()[similarities.length - keep]!;
  const found: Neighbour[] = [];
  for (let place = 0; place < similarities.length; place++) {
    const similarity = similarities[place]!;
    if (similarity >= bar) found.push({ book: bookAt(place), similarity });
  }
  return found.sort(compareNeighbours).slice(0, keep);
}

const compareNeighbours = (a: Neighbour, b: Neighbour): number =>
  b.similarity - a.similarity || (a.book < b.book ? -1 : 1);

/** The id under which the list of all readers is kept: what was chosen lately. No book has it. */
export const LATELY = "";
/** What is left of a choice's weight with each choice after it, the choices that count, and the books of the list. */
const LATELY_DECAY = 0.998;
const LATELY_CHOICES = 2_000;
const LATELY_KEPT = 400;

/**
 * The books chosen lately by all readers, most of all first, ties by id: `Σ 0.998^(later choices)`, 1 for the first. Counted in
 * choices, so that it means an hour in a busy shop and months in a quiet one. More choices of one time than count, as in an
 * imported history without times, say nothing of an order and are left out. `choices`: times by book, in any order.
 */
export function chosenLately(choices: { book: string; time: number }[]): Neighbour[] {
  const mass = new Map<string, number>();
  let later = 0;
  for (const own of newestChoices(choices, LATELY_CHOICES)) {
    for (const { book } of own) mass.set(book, (mass.get(book) ?? 0) + LATELY_DECAY ** later);
    later += own.length;
  }
  const most = mass.values().reduce((a, b) => Math.max(a, b), 0);
  const scaled = [...mass].map(([book, its]) => ({ book, similarity: Math.round(its / most * 1e9) / 1e9 }));
  return scaled.sort(compareNeighbours).slice(0, LATELY_KEPT);
}

/** The newest choices, `most` at most, in groups of one time, newest first. A group that would be too many ends them. */
export function* newestChoices<Choice extends { time: number }>(choices: Choice[], most: number): Generator<Choice[]> {
  const byTime = Map.groupBy(choices, ({ time }) => time);
  let left = most;
  for (const time of [...byTime.keys()].sort((a, b) => b - a)) {
    const own = byTime.get(time)!;
    left -= own.length;
    if (left < 0) return;
    yield own;
  }
}

/** The time from which on a choice may be among those that count, or -Infinity where they are few. */
export function latelyFrom(choices: { time: number }[]): number {
  if (choices.length < LATELY_CHOICES) return -Infinity;
  return Float64Array.from(choices, ({ time }) => time).sort()[choices.length - LATELY_CHOICES]!;
}
