import { type Bucket, decayedCount, decayedWeight, mergeBuckets } from "./decay.ts";

/** A key and its buckets. Buckets of several kinds of act may have the same start. */
type Candidate = { key: string; buckets: Bucket[] };
type Ranked = { key: string; score: number };
/** How keys are ranked: by decayed weight, or by how much they rise. */
export const ORDERS = ["top", "rising"] as const;
export type Order = (typeof ORDERS)[number];

const DECIMALS = 1e6;
const rounded = (score: number): number => Math.round(score * DECIMALS) / DECIMALS;

/**
 * Ranks candidates by their decayed weight at a time, most first, ties by key. Scores are rounded to a millionth, so that
 * sums that differ in the last bit give the same list.
 */
export const rankTrends = (candidates: Candidate[], halfLifeMs: number, at: number): Ranked[] =>
  ranked(candidates, (buckets) => decayedWeight(buckets, halfLifeMs, at) / 10);

/** For `rising`: the half-life of a key's past, in half-lives of the window. */
export const PAST = 14;
/** Votes that are added to every key's past, so that a few more votes are not a rise. */
const DAMPING = 3;

/**
 * Ranks candidates by their rise: `(F − μ) / √(μ + 3)`, most first, about the standard deviations of a Poisson count.
 * F is the decayed number of votes in the window, μ the number expected at the rate of the key's past.
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
