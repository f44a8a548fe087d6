import { hourOf } from "@/domain/hours.ts";
import type { Subject } from "@/domain/trend/vote.ts";
import type { ShownHistory, TrendHistory } from "@/application/trend/ports.ts";
import { TREND_TABLES as TABLES } from "@/adapters/sql/pages.ts";
import { keyedBucketOf, trendBookOf, trendQueryOf, voteOf } from "@/adapters/sql/trend_rows.ts";
import type { Statements } from "./connection.ts";
import { pageOf } from "./pages.ts";

const ALL = Number.MAX_SAFE_INTEGER;

/** What a projection version counts. */
export const createTrendHistory = (statements: Statements, version: number): TrendHistory => ({
  keys: (after, limit) => {
    const rows = pageOf(statements, TABLES.score, { version, after: after && [after.subject, after.key] }, limit);
    return Promise.resolve(rows.map((row) => ({ subject: String(row.subject) as Subject, key: String(row.key) })));
  },
  votes: ({ subject, key }, before, after, limit) => {
    const where = { sql: "time < ?", values: [before] };
    const behind = after && [subject, key, hourOf(after.time), after.reader, after.kind];
    return Promise.resolve(
      pageOf(statements, TABLES.vote, { version, of: [subject, key], after: behind, where }, limit).map(voteOf),
    );
  },
  buckets: ({ subject, key }, before) => {
    const where = { sql: "start < ?", values: [before] };
    return Promise.resolve(
      pageOf(statements, TABLES.bucket, { version, of: [subject, key], after: undefined, where }, ALL).map(
        keyedBucketOf,
      ),
    );
  },
});

/** What a projection version shows of books and queries. */
export const createShownHistory = (statements: Statements, version: number): ShownHistory => ({
  books: (after, limit) =>
    Promise.resolve(
      pageOf(statements, TABLES.shownBook, { version, after: after && [after.id] }, limit).map(trendBookOf),
    ),
  queries: (before, after, limit) => {
    const where = { sql: "time < ?", values: [before] };
    return Promise.resolve(
      pageOf(statements, TABLES.shownQuery, { version, after: after && [after.key], where }, limit).map(trendQueryOf),
    );
  },
});
