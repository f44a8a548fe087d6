import { boundByDay, isBounded } from "@/domain/trend/day_bound.ts";
import type { Vote } from "@/domain/trend/vote.ts";
import { bucketOf } from "@/domain/trend/window.ts";
import { raise, scoreOf } from "@/domain/trend/decay.ts";
import type { KeyedBucket, KeyedScore, SubjectKey, TrendStores } from "@/application/trend/ports.ts";

/** Stores votes and counts those that are new. */
export async function countVotes(votes: Vote[], stores: TrendStores): Promise<void> {
  const added = await stores.votes.addNew(boundByDay(votes, await stores.votes.ofSameDays(votes.filter(isBounded))));
  const weights = added.filter(({ weight }) => weight > 0).map((vote) => ({ ...vote, start: bucketOf(vote.time) }));
  await count(bucketsOf(added, 1), weights, stores);
}

/** Adds counts that have no votes. */
export const addBuckets = (buckets: KeyedBucket[], stores: TrendStores): Promise<void> =>
  count(buckets, buckets.filter(({ weight }) => weight > 0), stores);

/** Adds to the counts, then to the scores, each key once. */
async function count(
  buckets: KeyedBucket[],
  weights: (SubjectKey & { weight: number; start: number })[],
  { counts, scores }: TrendStores,
): Promise<void> {
  if (buckets.length === 0) return;
  await counts.add(buckets);
  const added = new Map<string, KeyedScore>();
  for (const { subject, key, weight, start } of weights) {
    const before = added.get(nameOf({ subject, key }));
    added.set(nameOf({ subject, key }), { subject, key, score: raise(before?.score, weight, start) });
  }
  await scores.add([...added.values()]);
}

/**
 * Removes a reader's votes from the counts and computes the scores of their keys again from what is left. Returns whether there
 * were any.
 */
export async function uncountReader(reader: string, stores: TrendStores): Promise<boolean> {
  const votes = await stores.votes.removeReader(reader);
  await uncount(bucketsOf(votes, -1), stores);
  return votes.length > 0;
}

/** Adds negative buckets to the counts and computes the scores of their keys again from what is left. */
export async function uncount(buckets: KeyedBucket[], stores: Pick<TrendStores, "counts" | "scores">): Promise<void> {
  await stores.counts.add(buckets);
  // The lock waits for transactions that have added to these scores; later ones add to the new scores.
  const keys = keysOf(buckets);
  await stores.scores.lock(keys);
  const left: KeyedScore[] = [];
  const gone: SubjectKey[] = [];
  for (const { subject, key } of keys) {
    const score = scoreOf(await stores.counts.of(subject, key));
    if (score === undefined) gone.push({ subject, key });
    else left.push({ subject, key, score });
  }
  await stores.scores.put(left);
  await stores.scores.remove(gone);
}

/** What takes the buckets away. */
export const negative = (buckets: KeyedBucket[]): KeyedBucket[] =>
  buckets.map((bucket) => ({ ...bucket, count: -bucket.count, weight: -bucket.weight }));

const nameOf = ({ subject, key }: SubjectKey): string => `${subject} ${key}`;

function keysOf(rows: SubjectKey[]): SubjectKey[] {
  return [...new Map(rows.map(({ subject, key }) => [nameOf({ subject, key }), { subject, key }])).values()];
}

/** What votes add to the counts, or take from them. */
export function bucketsOf(votes: Vote[], sign: 1 | -1): KeyedBucket[] {
  const buckets = new Map<string, KeyedBucket>();
  for (const { subject, key, kind, time, weight } of votes) {
    const start = bucketOf(time);
    const name = `${kind} ${start} ${nameOf({ subject, key })}`;
    const sum = buckets.get(name) ?? { subject, key, kind, start, count: 0, weight: 0 };
    buckets.set(name, { ...sum, count: sum.count + sign, weight: sum.weight + sign * weight });
  }
  return [...buckets.values()];
}
