import { dayKey } from "@/domain/trend/day_bound.ts";
import { sumOf } from "@/domain/trend/decay.ts";
import { type Vote, voteKey } from "@/domain/trend/vote.ts";
import type {
  BookRemoval,
  Counts,
  KeyedBucket,
  KeyedScore,
  Scores,
  Shown,
  SubjectKey,
  TrendBook,
  TrendQuery,
  TrendStores,
  Votes,
} from "@/application/trend/ports.ts";
import { byText, keyOf, type MemoryDatabase, type Table } from "@/adapters/memory/messaging/database.ts";

type StoredVote = Vote & { noted: number };

/** The tables of one projection version. */
export const createTrendTables = (database: MemoryDatabase) => ({
  votes: database.table<StoredVote>(),
  buckets: database.table<KeyedBucket>(),
  scores: database.table<KeyedScore>(),
  books: database.table<TrendBook>(),
  removals: database.table<BookRemoval>(),
  queries: database.table<TrendQuery>(),
});
export type TrendTables = ReturnType<typeof createTrendTables>;

const subjectKey = ({ subject, key }: SubjectKey): string => keyOf(subject, key);
export const isOf = (row: SubjectKey, subject: string, key: string): boolean =>
  row.subject === subject && row.key === key;
export const withoutNoted = ({ noted: _noted, ...vote }: StoredVote): Vote => vote;

/** What a transaction of the projection writes. `now`: the store's clock. */
export const memoryTrendStores = (
  { votes, buckets, scores, books, removals, queries }: TrendTables,
  now: () => number,
): Pick<TrendStores, "votes" | "counts" | "scores" | "shown"> => ({
  votes: memoryVotes(votes, now),
  counts: memoryCounts(buckets, votes),
  scores: memoryScores(scores),
  shown: memoryShown({ books, removals, queries, votes }),
});

const memoryVotes = (votes: Table<StoredVote>, now: () => number): Votes => ({
  ofSameDays(found) {
    const days = new Set(found.map(dayKey));
    return Promise.resolve(votes.values().filter((vote) => days.has(dayKey(vote))).map(withoutNoted));
  },
  addNew: (found) =>
    Promise.resolve(found.filter((vote) => {
      if (votes.get(voteKey(vote)) !== undefined) return false;
      votes.set(voteKey(vote), { ...vote, noted: now() });
      return true;
    })),
  removeReader(reader) {
    const own = votes.values().filter((vote) => vote.reader === reader);
    for (const vote of own) votes.delete(voteKey(vote));
    return Promise.resolve(own.map(withoutNoted));
  },
  removeOf(keys, before) {
    const named = new Set(keys.map(subjectKey));
    const own = votes.values().filter((vote) =>
      named.has(subjectKey(vote)) && vote.time < before && vote.noted < before
    );
    for (const vote of own) votes.delete(voteKey(vote));
    return Promise.resolve(own.map(withoutNoted));
  },
  purge({ since, storedBefore }, _after, most) {
    const old = votes.values().filter(({ time, noted }) => time < since && noted < storedBefore).slice(0, most);
    for (const vote of old) votes.delete(voteKey(vote));
    return Promise.resolve({ removed: old.length, done: old.length < most });
  },
});

const memoryCounts = (buckets: Table<KeyedBucket>, votes: Table<StoredVote>): Counts => ({
  add(added) {
    for (const bucket of added) {
      const key = keyOf(bucket.subject, bucket.key, bucket.start, bucket.kind);
      const sum = buckets.get(key) ?? { ...bucket, count: 0, weight: 0 };
      const next = { ...sum, count: sum.count + bucket.count, weight: sum.weight + bucket.weight };
      if (next.count === 0) buckets.delete(key);
      else buckets.set(key, next);
    }
    return Promise.resolve();
  },
  of(subject, key) {
    const own = buckets.values().filter((row) => isOf(row, subject, key));
    return Promise.resolve(own.sort((a, b) => a.start - b.start || byText(a.kind, b.kind)));
  },
  unvoted(keys) {
    const voted = new Set(votes.values().map(subjectKey));
    const gone = new Set(keys.map(subjectKey).filter((key) => !voted.has(key)));
    return Promise.resolve(buckets.values().filter((row) => gone.has(subjectKey(row))));
  },
});

const memoryScores = (scores: Table<KeyedScore>): Scores => ({
  add(rows) {
    for (const row of rows) {
      const before = scores.get(subjectKey(row));
      scores.set(subjectKey(row), before === undefined ? row : { ...row, score: sumOf(before.score, row.score) });
    }
    return Promise.resolve();
  },
  lock: (keys) => Promise.resolve(keys.flatMap((key) => scores.get(subjectKey(key)) ?? [])),
  put(rows) {
    for (const row of rows) scores.set(subjectKey(row), row);
    return Promise.resolve();
  },
  remove(keys) {
    for (const key of keys) scores.delete(subjectKey(key));
    return Promise.resolve();
  },
});

const memoryShown = (
  { books, removals, queries, votes }: Pick<TrendTables, "books" | "removals" | "queries" | "votes">,
): Shown => ({
  putBooks(rows) {
    for (const row of rows) if (row.version > (books.get(row.id)?.version ?? -1)) books.set(row.id, row);
    return Promise.resolve();
  },
  putRemovals(rows) {
    for (const row of rows) {
      const { version, time } = removals.get(row.id) ?? { version: -1, time: 0 };
      if (row.version > version || row.version === version && row.time > time) removals.set(row.id, row);
    }
    return Promise.resolve();
  },
  putQueries(rows) {
    for (const row of rows) {
      const stored = queries.get(row.key);
      if (stored === undefined || supersedes(row, stored)) queries.set(row.key, row);
    }
    return Promise.resolve();
  },
  removeUnvoted(keys, before) {
    const voted = new Set(votes.values().map(subjectKey));
    const gone = keys.filter((key) => !voted.has(keyOf("query", key)) && (queries.get(key)?.time ?? before) < before);
    for (const key of gone) queries.delete(key);
    return Promise.resolve(gone.length);
  },
});

const supersedes = (a: TrendQuery, b: TrendQuery): boolean =>
  (a.time - b.time || byText(b.query, a.query) || byText(JSON.stringify(b.books), JSON.stringify(a.books))) > 0;
