import { hourOf } from "@/domain/hours.ts";
import type { ReaderFloor, TrendReader } from "@/application/trend/ports.ts";
import { bucketOf, SCORE_COLUMN, trendBookOf, trendQueryOf } from "@/adapters/sql/trend_rows.ts";
import type { SyncStatements as Statements } from "./connection.ts";

/** Lists of one projection version. */
export function createTrendReader({ all, get }: Statements, version: number): TrendReader {
  return {
    candidates: (subject, window, skip, limit) =>
      Promise.resolve(
        all(
          `SELECT key FROM score WHERE version = ? AND subject = ? ORDER BY ${
            SCORE_COLUMN[window]
          } DESC, key LIMIT ? OFFSET ?`,
          ...[version, subject, limit, skip],
        ).map((row) => String(row.key)),
      ),
    buckets(subject, keys) {
      const found = keys.map((key) => {
        const rows = all(
          "SELECT start, SUM(count) AS count, SUM(weight) AS weight FROM bucket WHERE version = ? AND subject = ? AND key = ? GROUP BY start",
          ...[version, subject, key],
        );
        return [
          key,
          rows.map(bucketOf),
        ] as const;
      });
      return Promise.resolve(new Map(found));
    },
    tally(subject, keys, from, to) {
      const found = keys.map((key) => {
        const row = get(
          `SELECT COUNT(*) FILTER (WHERE kind NOT IN ('found', 'searched')) AS acts, COUNT(*) AS votes, COUNT(DISTINCT reader) AS readers
           FROM vote WHERE version = ? AND subject = ? AND key = ? AND hour >= ? AND hour <= ? AND time > ? AND time <= ?`,
          ...[version, subject, key, hourOf(from), hourOf(to), from, to],
        )!;
        const [count, votes] = [Number(row.acts), Number(row.votes)];
        return [key, { count, readers: Number(row.readers), searches: votes - count }] as const;
      });
      return Promise.resolve(new Map(found));
    },
    shown(books, queries) {
      const bookRows = all(
        "SELECT * FROM shown_book WHERE version = ? AND id IN (SELECT value FROM json_each(?))",
        version,
        JSON.stringify(books),
      );
      const queryRows = all(
        "SELECT * FROM shown_query WHERE version = ? AND key IN (SELECT value FROM json_each(?))",
        version,
        JSON.stringify(queries),
      );
      return Promise.resolve({
        books: new Map(bookRows.map(trendBookOf).map((book) => [book.id, book])),
        queries: new Map(queryRows.map(trendQueryOf).map((query) => [query.key, query])),
      });
    },
  };
}

/** Counts distinct readers no further than is asked. */
export const createReaderFloor = ({ get }: Statements, version: number): ReaderFloor => ({
  reached(subject, keys, least) {
    const reached = keys.filter((key) => {
      const row = get(
        "SELECT COUNT(*) AS n FROM (SELECT DISTINCT reader FROM vote WHERE version = ? AND subject = ? AND key = ? LIMIT ?)",
        ...[version, subject, key, least],
      );
      return Number(row!.n) >= least;
    });
    return Promise.resolve(new Set(reached));
  },
});
