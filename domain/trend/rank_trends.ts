import { type Bucket, decayedCount, decayedWeight, mergeBuckets } from "./decay.ts";

/** A key with the buckets that its rank comes from. Buckets of several kinds may have the same start. */
type Candidate = { key: string; buckets: Bucket[] };
type Ranked = { key: string; score: number };
/** How keys are ranked: by what is left of their weight, or by how much they rise. */
export const ORDERS = ["top", "rising"] as const;
export type Order = (typeof ORDERS)[number];

const DECIMALS = 1e6;
const rounded = (score: number): number => Math.round(score * DECIMALS) / DECIMALS;

/**
 * Candidates by the weight that is left in the window at a time, most first, ties by key. Rounded to a millionth, so that
 * two stores whose sums differ in the last bit still give one list.
 */
export const rankTrends = (candidates: Candidate[], halfLifeMs: number, at: number): Ranked[] =>
  ranked(candidates, (buckets) => decayedWeight(buckets, halfLifeMs, at) / 10);

/** How much longer the past of a window reaches than the window, for `rising`. */
export const PAST = 14;
/** Votes that every key is taken to have had, so that a few votes more are no rise. */
const DAMPING = 3;

/**
 * Candidates by how much more they are acted on in the window than in its past: `(F − μ) / √(μ + 3)` with F the votes that are left
 * in the window, and μ those that would be at the pace of its past. In standard deviations of a Poisson count, most first.
 */
const rankRising = (candidates: Candidate[], halfLifeMs: number, at: number): Ranked[] =>
  ranked(candidates, (buckets) => {
    const usual = decayedCount(buckets, PAST * halfLifeMs, at) / PAST;
    return (decayedCount(buckets, halfLifeMs, at) - usual) / Math.sqrt(usual + DAMPING);
  });

export const RANK: Record<Order, typeof rankTrends> = { top: rankTrends, rising: rankRising };

const ranked = (candidates: Candidate[], scoreOf: (buckets: Bucket[]) => number): Ranked[] =>
  candidates
    .map(({ key, buckets }) => ({ key, score: rounded(scoreOf(mergeBuckets(buckets))) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || (a.key < b.key ? -1 : 1));
