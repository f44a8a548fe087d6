import type { Kind, Subject, Vote } from "@/domain/trend/vote.ts";
import type { Bucket } from "@/domain/trend/decay.ts";
import { type PerWindow, WINDOWS } from "@/domain/trend/window.ts";
import { defined } from "@/application/defined.ts";
import type { BookRemoval, KeyedBucket, KeyedScore, TrendBook, TrendQuery } from "@/application/trend/ports.ts";
import { type Row, textOf } from "@/adapters/sql/row.ts";

/** The column that holds a window's stored score. */
export const SCORE_COLUMN = Object.fromEntries(WINDOWS.map((window) => [window, `s_${window}`])) as Record<
  (typeof WINDOWS)[number],
  string
>;

/** The columns of a vote's primary key. */
export const VOTE_KEY = ["version", "subject", "`key`", "hour", "reader", "kind"];

export const voteOf = (row: Row): Vote => ({
  subject: String(row.subject) as Subject,
  key: String(row.key),
  kind: String(row.kind) as Kind,
  reader: String(row.reader),
  time: Number(row.time),
  weight: Number(row.weight),
  ...defined({ client: textOf(row.client), spelling: textOf(row.spelling) }),
});

export const bucketOf = (row: Row): Bucket => ({
  start: Number(row.start),
  count: Number(row.count),
  weight: Number(row.weight),
});

export const keyedBucketOf = (row: Row): KeyedBucket => ({
  subject: String(row.subject) as Subject,
  key: String(row.key),
  kind: String(row.kind) as Kind,
  ...bucketOf(row),
});

export const keyedScoreOf = (row: Row): KeyedScore => ({
  subject: String(row.subject) as Subject,
  key: String(row.key),
  score: Object.fromEntries(WINDOWS.map((window) => [window, Number(row[SCORE_COLUMN[window]])])) as PerWindow,
});

export const trendBookOf = (row: Row): TrendBook => ({
  id: String(row.id),
  title: String(row.title),
  authors: JSON.parse(String(row.authors)),
  version: Number(row.book_version),
  removed: Number(row.removed) === 1,
  ...defined({
    work: textOf(row.work),
    subjects: textOf(row.subjects) === undefined ? undefined : JSON.parse(String(row.subjects)) as string[],
  }),
});

export const removalOf = (row: Row): BookRemoval => ({
  id: String(row.id),
  version: Number(row.book_version),
  time: Number(row.time),
});

export const trendQueryOf = (row: Row): TrendQuery => ({
  key: String(row.key),
  query: String(row.query),
  books: JSON.parse(String(row.books)),
  time: Number(row.time),
});
