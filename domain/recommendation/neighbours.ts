import type { Taste } from "./interaction.ts";

/** A neighbour of a book: a book with common readers, and its similarity, at least 0. */
export type Neighbour = { book: string; similarity: number };

/**
 * The engine's settings, stored with a version. `g` damps readers of many books. `shrink` damps books with few readers; it is
 * counted in readers, so it does not depend on the size of the shop. `fade` damps pairs of books that a reader chose far apart.
 * `source` and `target` are the exponents that damp a book and its neighbour by their readers: the lower `target`, the more similar
 * are popular books. `keep`: the length of a neighbour list. `history`: how many books of a reader are paired.
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

/** How many readers chose a book, and the sum of their weights in units (see `UNIT`). */
export type Degree = { readers: number; units: number };

/** The number of steps in which a degree doubles. */
const STEPS = 8;
const stepOf = (count: number): number => count === 0 ? 0 : 2 ** (Math.round(Math.log2(count) * STEPS) / STEPS);

/** Rounds a degree to steps of a twelfth for the lists of other books, so that one more reader seldom changes all of them. */
export const steppedDegree = ({ readers, units }: Degree): Degree => ({
  readers: stepOf(readers),
  units: stepOf(units),
});

/** Units per weight of 1. Weights are whole numbers of units, so their sums do not depend on the order. */
const UNIT = 2 ** 20;

/** A book that a reader chose. `step` counts back from the newest; acts of the same time are one step. */
type Paired = { book: string; step: number; time: number };

/** Returns the reader's books that count in co-occurrence, newest first: the newest `history` with a weight above 0. */
export function pairableBooks(tastes: Taste[], settings: EngineSettings): Paired[] {
  const chosen = tastes.filter((taste) => taste.weight > 0).slice(0, settings.history);
  let step = 0;
  return chosen.map(({ book, time }, at) => {
    if (at > 0 && time !== chosen[at - 1]!.time) step++;
    return { book, step, time };
  });
}

/** Returns what a reader adds to a pair of books of the same step or of adjacent ones: `(n+1)^-g`, in units. */
export const readerWeight = (books: number, settings: EngineSettings): number =>
  Math.round(UNIT * (books + 1) ** -settings.g);

/** The factor for a neighbour that was chosen before the book: readers want the next volume rather than the one before. */
const BACKWARDS = 0.6;

/**
 * Returns the factor, 0..1, for a neighbour that was chosen `after` steps later: `steps^-fade`, times .6 if it was chosen
 * earlier (`after` below 0).
 */
export const nearness = (after: number, settings: EngineSettings): number =>
  Math.max(1, Math.abs(after)) ** -settings.fade * (after < 0 ? BACKWARDS : 1);

/**
 * Returns the similarity of a neighbour, rounded to 1e-9: `C_ij / (d_i^source · d_j^target)` over readers weighted by `(n+1)^-g`,
 * the cosine if both exponents are .5, shrunk by `n / (n + shrink)` with `n = sqrt(n_i·n_j)` readers (after Deshpande and
 * Karypis, Item-based top-N recommendation, TOIS 2004). `together`: the sum of `readerWeight` times `nearness`, rounded, in
 * units. `other`: a stepped degree.
 */
export function similarity(together: number, one: Degree, other: Degree, settings: Damping): number {
  const damped = power(one.units / UNIT, settings.source) * power(other.units / UNIT, settings.target);
  const readers = Math.sqrt(one.readers * other.readers);
  return Math.round(together / UNIT / damped * readers / (readers + settings.shrink) * 1e9) / 1e9;
}

type Damping = Pick<EngineSettings, "source" | "target" | "shrink">;

/** A square root is much faster than other powers. */
const power = (base: number, exponent: number): number => exponent === 0.5 ? Math.sqrt(base) : base ** exponent;

/** Returns the `keep` most similar books, most similar first, ties by id. */
export function nearest(similarities: Float64Array, bookAt: (place: number) => string, keep: number): Neighbour[] {
  // Most books are not among the nearest. A threshold is cheaper than sorting all of them by id as well.
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

/** The id of the stored list of what all readers chose lately. No book has this id. */
export const LATELY = "";
/** The decay of a choice's weight with each later choice, how many choices count, and the length of the list. */
const LATELY_DECAY = 0.998;
const LATELY_CHOICES = 2_000;
const LATELY_KEPT = 400;

/**
 * Returns the books that all readers chose lately, ties by id: `Σ 0.998^(later choices)`, scaled to 1 for the first book. Age is
 * counted in choices, which are an hour in a busy shop and months in a quiet one. More choices of one time than count (an imported
 * history without times) have no order and are left out. `choices`: books and times, in any order.
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

/** Yields at most `most` of the newest choices in groups of the same time, newest first. Ends before a group that exceeds `most`. */
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

/** Returns the earliest time of a choice that may count in `chosenLately`, or -Infinity if all of them count. */
export function latelyFrom(choices: { time: number }[]): number {
  if (choices.length < LATELY_CHOICES) return -Infinity;
  return Float64Array.from(choices, ({ time }) => time).sort()[choices.length - LATELY_CHOICES]!;
}
