import { type Bucket, decayedWeight, mergeBuckets } from "./decay.ts";
import type { Window } from "./window.ts";

/** A key with the buckets that its rank comes from. Buckets of several kinds may have the same start. */
type Candidate = { key: string; buckets: Bucket[] };
type Ranked = { key: string; score: number };

const DECIMALS = 1e6;

/**
 * Candidates by the weight that is left in the window at a time, most first, ties by key. Rounded to a millionth, so that
 * two stores whose sums differ in the last bit still give one list.
 */
export function rankTrends(candidates: Candidate[], window: Window, at: number): Ranked[] {
  return candidates
    .map(({ key, buckets }) => ({
      key,
      score: Math.round(decayedWeight(mergeBuckets(buckets), window, at) / 10 * DECIMALS) / DECIMALS,
    }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || (a.key < b.key ? -1 : 1));
}
