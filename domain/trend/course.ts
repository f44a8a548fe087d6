import { type Bucket, mergeBuckets } from "./decay.ts";

/** The number of points. Together they cover two half-lives. */
const COURSE_POINTS = 24;

/** The votes for a key in the last two half-lives, in 24 equal steps, the oldest first. A sparkline shows them. */
export function courseOf(buckets: Bucket[], halfLifeMs: number, at: number): number[] {
  const stepMs = 2 * halfLifeMs / COURSE_POINTS;
  const points = Array<number>(COURSE_POINTS).fill(0);
  for (const { start, count } of buckets) {
    const back = Math.floor((at - start) / stepMs);
    if (start <= at && back < COURSE_POINTS) points[COURSE_POINTS - 1 - back]! += count;
  }
  return points;
}

/** When the current run of votes began, in which no gap is longer than a half-life: the start of its first bucket. */
export function trendingSince(buckets: Bucket[], halfLifeMs: number, at: number): number | undefined {
  let since: number | undefined;
  const inOrder = mergeBuckets(buckets);
  for (let last = inOrder.length - 1; last >= 0; last--) {
    const { start } = inOrder[last]!;
    if (start > at) continue;
    if ((since ?? at) - start > halfLifeMs) break;
    since = start;
  }
  return since;
}
