import { HALF_LIFE_MS, type PerWindow, WINDOWS } from "./window.ts";

/** The votes of one time bucket: their number and total weight, both whole numbers. */
export type Bucket = { start: number; count: number; weight: number };

/**
 * Adds a vote to a score, for each window: `log2 Σ w·2^(t/halflife)` (Cormode, Shkapenyuk, Srivastava, Xu:
 * Forward Decay, ICDE 2009). The order of such scores never changes with time, so stored scores stay valid.
 */
export function raise(score: PerWindow | undefined, weight: number, time: number): PerWindow {
  const votes = {} as PerWindow;
  for (const window of WINDOWS) votes[window] = Math.log2(weight) + time / HALF_LIFE_MS[window];
  return score === undefined ? votes : sumOf(score, votes);
}

/** The sum of two scores. */
export function sumOf(one: PerWindow, other: PerWindow): PerWindow {
  const sum = {} as PerWindow;
  for (const window of WINDOWS) sum[window] = addLog2(one[window], other[window]);
  return sum;
}

/** `log2(2^a + 2^b)` without overflow. */
export const addLog2 = (a: number, b: number): number => Math.max(a, b) + Math.log2(1 + 2 ** -Math.abs(a - b));

/** The score of buckets, or undefined when none has weight. */
export function scoreOf(buckets: Bucket[]): PerWindow | undefined {
  let score: PerWindow | undefined;
  for (const { start, weight } of buckets) if (weight > 0) score = raise(score, weight, start);
  return score;
}

/** Merges buckets of the same start. Weights are whole numbers, so the order does not matter. Sorted input is fastest. */
export function mergeBuckets(buckets: Bucket[]): Bucket[] {
  if (haveOneEach(buckets)) return buckets;
  const merged: Bucket[] = [];
  for (const bucket of inOrderOfStart(buckets)) {
    const last = merged.at(-1);
    if (last?.start === bucket.start) merged[merged.length - 1] = sumOfBoth(last, bucket);
    else merged.push(bucket);
  }
  return merged;
}

const sumOfBoth = ({ start, count, weight }: Bucket, more: Bucket): Bucket => ({
  start,
  count: count + more.count,
  weight: weight + more.weight,
});

const inOrderOfStart = (buckets: Bucket[]): Bucket[] =>
  haveOneEach(buckets) ? buckets : buckets.toSorted((a, b) => a.start - b.start);

/** Whether buckets are sorted by start, without duplicates. */
function haveOneEach(buckets: Bucket[]): boolean {
  let last = -Infinity;
  for (const { start } of buckets) {
    if (start <= last) return false;
    last = start;
  }
  return true;
}

/** The decayed weight at a time in tenths. It halves once a half-life. Summed from the oldest bucket to the newest. */
export const decayedWeight = (buckets: Bucket[], halfLifeMs: number, at: number): number =>
  decayed(buckets, ({ weight }) => weight, { halfLifeMs, at });

/** The decayed number of votes at a time. A vote that weighs less than a view counts as less; no vote counts as more. */
export const decayedCount = (buckets: Bucket[], halfLifeMs: number, at: number): number =>
  decayed(buckets, ({ count, weight }) => Math.min(count, weight / VIEW), { halfLifeMs, at });

/** The weight of a view in tenths. */
const VIEW = 10;

type Decay = { halfLifeMs: number; at: number };

function decayed(buckets: Bucket[], amountOf: (bucket: Bucket) => number, { halfLifeMs, at }: Decay): number {
  let total = 0;
  for (const bucket of inOrderOfStart(buckets)) {
    if (bucket.start <= at) total += amountOf(bucket) * 2 ** ((bucket.start - at) / halfLifeMs);
  }
  return total;
}

/** `2^(20 - quarters/4)`, rounded: a weight of one after 0 to 4 quarters of a half-life. */
export const QUARTER_POWERS = [1_048_576, 881_744, 741_455, 623_487, 524_288] as const;

/**
 * The decayed weight times 2^20, as a whole number, so that a sum is the same in every order and on every store.
 * It interpolates linearly between quarters of a half-life, which is at most .4 % too high.
 */
export function wholeMass(weight: number, ageMs: number, halfLifeMs: number): number {
  const quarterMs = halfLifeMs / 4;
  const quarters = Math.floor(ageMs / quarterMs);
  const from = QUARTER_POWERS[quarters % 4]!;
  const fall = from - QUARTER_POWERS[quarters % 4 + 1]!;
  const power = from - Math.floor(fall * (ageMs % quarterMs) / quarterMs);
  return Math.floor(weight * power / 2 ** Math.floor(quarters / 4));
}
