import { HALF_LIFE_MS, type PerWindow, WINDOWS } from "./window.ts";

/** The votes of one time bucket: how many, and their weight, whole numbers. */
export type Bucket = { start: number; count: number; weight: number };

/**
 * A score with more votes in it, per window: `log2 Σ w·2^(t/halflife)`, forward decay (Cormode, Shkapenyuk, Srivastava,
 * Xu: Forward Decay, ICDE 2009). The order of such scores never changes with time, so none is rewritten.
 */
export function raise(score: PerWindow | undefined, weight: number, time: number): PerWindow {
  const votes = {} as PerWindow;
  for (const window of WINDOWS) votes[window] = Math.log2(weight) + time / HALF_LIFE_MS[window];
  return score === undefined ? votes : sumOf(score, votes);
}

/** The score of the votes of both. */
export function sumOf(one: PerWindow, other: PerWindow): PerWindow {
  const sum = {} as PerWindow;
  for (const window of WINDOWS) sum[window] = addLog2(one[window], other[window]);
  return sum;
}

/** `log2(2^a + 2^b)`, also where the powers are too large for a number. */
export const addLog2 = (a: number, b: number): number => Math.max(a, b) + Math.log2(1 + 2 ** -Math.abs(a - b));

/** The score that a set of buckets has, or undefined for none. */
export function scoreOf(buckets: Bucket[]): PerWindow | undefined {
  let score: PerWindow | undefined;
  for (const { start, weight } of buckets) if (weight > 0) score = raise(score, weight, start);
  return score;
}

/** One bucket per start, quickest where they come in the order of their starts: weights are whole numbers, so their sum has no order. */
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

/** Whether the buckets come in the order of their starts, one for each. */
function haveOneEach(buckets: Bucket[]): boolean {
  let last = -Infinity;
  for (const { start } of buckets) {
    if (start <= last) return false;
    last = start;
  }
  return true;
}

/** Weight left at a time in tenths: each bucket halves once a half-life; summed from the oldest to the newest. */
export const decayedWeight = (buckets: Bucket[], halfLifeMs: number, at: number): number =>
  decayed(buckets, ({ weight }) => weight, { halfLifeMs, at });

/** Votes left at a time, likewise. Votes that weigh less than a view count as less, none as more. */
export const decayedCount = (buckets: Bucket[], halfLifeMs: number, at: number): number =>
  decayed(buckets, ({ count, weight }) => Math.min(count, weight / VIEW), { halfLifeMs, at });

/** What a view weighs in tenths. */
const VIEW = 10;

type Decay = { halfLifeMs: number; at: number };

function decayed(buckets: Bucket[], amountOf: (bucket: Bucket) => number, { halfLifeMs, at }: Decay): number {
  let total = 0;
  for (const bucket of inOrderOfStart(buckets)) {
    if (bucket.start <= at) total += amountOf(bucket) * 2 ** ((bucket.start - at) / halfLifeMs);
  }
  return total;
}

/** `2^(20 - quarters/4)`, rounded: what a weight of one is after so many quarters of a half-life. */
export const QUARTER_POWERS = [1_048_576, 881_744, 741_455, 623_487, 524_288] as const;

/**
 * About 2^20 times the weight that is left after a time, in whole numbers, whose sum is the same in every order and on every store.
 * Between quarters of a half-life the power of two is a straight line, at most .4 % too high.
 */
export function wholeMass(weight: number, ageMs: number, halfLifeMs: number): number {
  const quarterMs = halfLifeMs / 4;
  const quarters = Math.floor(ageMs / quarterMs);
  const from = QUARTER_POWERS[quarters % 4]!;
  const fall = from - QUARTER_POWERS[quarters % 4 + 1]!;
  const power = from - Math.floor(fall * (ageMs % quarterMs) / quarterMs);
  return Math.floor(weight * power / 2 ** Math.floor(quarters / 4));
}
