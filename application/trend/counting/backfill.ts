import type { Vote } from "@/domain/trend/vote.ts";
import { bucketOf } from "@/domain/trend/window.ts";
import { eachPage } from "@/application/messaging/rebuild/each_page.ts";
import type { Backfill, LostTimes, OnRows } from "@/application/messaging/rebuild/backfill.ts";
import { ACTIVITY_TOPICS } from "@/application/activity/messages.ts";
import { CATALOG_TOPICS } from "@/application/catalog/messages.ts";
import type {
  BookRemoval,
  KeyedBucket,
  SubjectKey,
  TrendBook,
  TrendHistory,
  TrendQuery,
  TrendVersion,
} from "@/application/trend/ports.ts";
import { addBuckets, bucketsOf, countVotes } from "./count_votes.ts";

type Written = { votes: Vote[]; buckets: KeyedBucket[] };

const ROWS_PER_TRANSACTION = 500;

/**
 * Copies votes and queries from before a time. Votes are counted like events, so that those still in the log change nothing.
 * Counts beyond the votes (old votes are purged) are copied as they are. Readers erased meanwhile are erased again by the
 * log, which is read afterwards.
 */
async function copyActs(
  from: TrendVersion,
  into: TrendVersion,
  { before, since }: LostTimes,
  onRows: OnRows,
): Promise<void> {
  let waiting: Written = { votes: [], buckets: [] };
  async function flush(): Promise<void> {
    const { votes, buckets } = waiting;
    waiting = { votes: [], buckets: [] };
    await into.uow.run(async (stores) => {
      await countVotes(votes, stores);
      await addBuckets(buckets, stores);
    });
    onRows(votes.length + buckets.length);
  }
  const full = async () => waiting.votes.length + waiting.buckets.length >= ROWS_PER_TRANSACTION && await flush();
  await eachPage<SubjectKey>((after, limit) => from.history.keys(after, limit), async (keys) => {
    for (const key of keys) {
      const rest = await copyVotes(from.history, key, before, bucketOf(since), async (votes) => {
        waiting.votes.push(...votes);
        await full();
      });
      waiting.buckets.push(...rest);
      await full();
    }
  });
  await flush();
  await eachPage<TrendQuery>((after, limit) => from.shownHistory.queries(before, after, limit), async (queries) => {
    await into.uow.run(({ shown }) => shown.putQueries(queries));
    onRows(queries.length);
  });
}

/** Passes on a key's votes and returns what its buckets count beyond them, both as of one moment. */
async function copyVotes(
  history: TrendHistory,
  key: SubjectKey,
  before: number,
  since: number,
  take: (votes: Vote[]) => Promise<void>,
): Promise<KeyedBucket[]> {
  for (;;) {
    const buckets = await history.buckets(key, since);
    const voted = new Map<string, KeyedBucket>();
    await eachPage<Vote>((after, limit) => history.votes(key, before, after, limit), async (votes) => {
      for (const bucket of bucketsOf(votes, 1)) {
        const { count, weight } = voted.get(nameOf(bucket)) ?? { count: 0, weight: 0 };
        voted.set(nameOf(bucket), { ...bucket, count: bucket.count + count, weight: bucket.weight + weight });
      }
      await take(votes);
    });
    // Votes and counts change together, so unchanged counts mean unchanged votes.
    if (JSON.stringify(await history.buckets(key, since)) !== JSON.stringify(buckets)) continue;
    return buckets.flatMap((bucket) => {
      const { count, weight } = voted.get(nameOf(bucket)) ?? { count: 0, weight: 0 };
      const rest = { ...bucket, count: bucket.count - count, weight: bucket.weight - weight };
      return rest.count > 0 ? [rest] : [];
    });
  }
}

const nameOf = ({ kind, start }: KeyedBucket): string => `${kind} ${start}`;

async function copyBooks(
  from: TrendVersion,
  into: TrendVersion,
  _times: LostTimes,
  onRows: OnRows,
): Promise<void> {
  await eachPage<TrendBook>((after, limit) => from.shownHistory.books(after, limit), async (books) => {
    await into.uow.run(({ shown }) => shown.putBooks(books));
    onRows(books.length);
  });
  await eachPage<BookRemoval>((after, limit) => from.shownHistory.removals(after, limit), async (removals) => {
    await into.uow.run(({ shown }) => shown.putRemovals(removals));
    onRows(removals.length);
  });
}

/** How a rebuild of trends makes up for what the log has lost. */
export const TREND_BACKFILLS: Backfill<TrendVersion>[] = [
  { topic: ACTIVITY_TOPICS.events, when: "first", copy: copyActs },
  { topic: CATALOG_TOPICS.events, when: "last", copy: copyBooks },
];
