import { hourOf } from "@/domain/hours.ts";
import type { Subject } from "@/domain/trend/vote.ts";
import type { ShownHistory, TrendHistory } from "@/application/trend/ports.ts";
import { pageOf } from "@/adapters/sql/keyset.ts";
import type { Statements } from "@/adapters/sql/statements.ts";
import { TREND_TABLES as TABLES } from "@/adapters/sql/tables.ts";
import { keyedBucketOf, removalOf, trendBookOf, trendQueryOf, voteOf } from "./rows.ts";

const ALL = Number.MAX_SAFE_INTEGER;

/** Reads the votes and counts of a projection version in pages. */
export const createTrendHistory = (statements: Statements, version: number): TrendHistory => ({
  keys: async (after, limit) => {
    const rows = await pageOf(statements, TABLES.score, { version, after: after && [after.subject, after.key] }, limit);
    return rows.map((row) => ({ subject: String(row.subject) as Subject, key: String(row.key) }));
  },
  votes: async ({ subject, key }, before, after, limit) => {
    const where = { sql: "time < ?", values: [before] };
    const behind = after && [subject, key, hourOf(after.time), after.reader, after.kind];
    return (await pageOf(statements, TABLES.vote, { version, of: [subject, key], after: behind, where }, limit)).map(
      voteOf,
    );
  },
  buckets: async ({ subject, key }, before) => {
    const where = { sql: "start < ?", values: [before] };
    return (await pageOf(statements, TABLES.bucket, { version, of: [subject, key], after: undefined, where }, ALL)).map(
      keyedBucketOf,
    );
  },
});

/** Reads the books and queries of a projection version in pages. */
export const createShownHistory = (statements: Statements, version: number): ShownHistory => ({
  books: async (after, limit) =>
    (await pageOf(statements, TABLES.shownBook, { version, after: after && [after.id] }, limit)).map(trendBookOf),
  removals: async (after, limit) =>
    (await pageOf(statements, TABLES.bookRemoval, { version, after: after && [after.id] }, limit)).map(removalOf),
  queries: async (before, after, limit) => {
    const where = { sql: "time < ?", values: [before] };
    return (await pageOf(statements, TABLES.shownQuery, { version, after: after && [after.key], where }, limit)).map(
      trendQueryOf,
    );
  },
  queryCount: async (most) => {
    const some = `SELECT 1 FROM shown_query WHERE version = ? LIMIT ?`;
    return Number((await statements.get(`SELECT COUNT(*) AS n FROM (${some}) AS some`, [version, most]))?.n ?? 0);
  },
});
