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

/** One bucket per start: weights are whole numbers, so their sum has no order. */
export function mergeBuckets(buckets: Bucket[]): Bucket[] {
  if (buckets.every(({ start }, at) => at === 0 || start > buckets[at - 1]!.start)) return buckets;
  const byStart = new Map<number, Bucket>();
  for (const { start, count, weight } of buckets) {
    const sum = byStart.get(start) ?? { start, count: 0, weight: 0 };
    byStart.set(start, { start, count: sum.count + count, weight: sum.weight + weight });
  }
  return [...byStart.values()];
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
  const inOrder = [...buckets].sort((a, b) => a.start - b.start);
  let total = 0;
  for (const bucket of inOrder) {
    if (bucket.start <= at) total += amountOf(bucket) * 2 ** ((bucket.start - at) / halfLifeMs);
  }
  return total;
}
