import { hourOf } from "@/domain/hours.ts";
import { bucketOf, SCORE_COLUMN, trendBookOf, trendQueryOf } from "./rows.ts";
import type { Spelling } from "@/domain/trend/spelling.ts";
import { type ReaderFloor, SPELLING_VOTES, type TrendReader } from "@/application/trend/ports.ts";
import { allOf } from "@/adapters/sql/lists.ts";
import type { Statements } from "@/adapters/sql/statements.ts";

/** Lists of one projection version. */
export function createTrendReader(statements: Statements, version: number): TrendReader {
  return {
    async candidates(subject, window, skip, limit) {
      const rows = await statements.all(
        `SELECT \`key\` FROM score WHERE version = ? AND subject = ? ORDER BY ${
          SCORE_COLUMN[window]
        } DESC, \`key\` LIMIT ? OFFSET ?`,
        [version, subject, limit, skip],
      );
      return rows.map((row) => String(row.key));
    },
    async buckets(subject, keys) {
      const rows = await allOf(
        statements,
        "SELECT `key`, start, SUM(count) AS count, SUM(weight) AS weight FROM bucket " +
          "WHERE version = ? AND subject = ? AND `key` IN (?) GROUP BY `key`, start",
        [version, subject],
        keys,
      );
      const found = Map.groupBy(rows, (row) => String(row.key));
      return new Map(keys.map((key) => [key, (found.get(key) ?? []).map(bucketOf)]));
    },
    async tally(subject, keys, from, to) {
      const rows = await allOf(
        statements,
        "SELECT `key`, SUM(kind IN ('found', 'searched')) AS searches, COUNT(*) AS votes, COUNT(DISTINCT reader) AS readers FROM vote " +
          "WHERE version = ? AND subject = ? AND hour >= ? AND hour <= ? AND time > ? AND time <= ? AND `key` IN (?) GROUP BY `key`",
        [version, subject, hourOf(from), hourOf(to), from, to],
        keys,
      );
      const found = new Map(rows.map((row) => [String(row.key), row]));
      return new Map(keys.map((key) => {
        const row = found.get(key);
        const [votes, searches] = [Number(row?.votes ?? 0), Number(row?.searches ?? 0)];
        return [key, { count: votes - searches, readers: Number(row?.readers ?? 0), searches }];
      }));
    },
    spellings: (queries) => spellingsOf(statements, version, queries),
    async shown(books, queries) {
      const bookRows = await allOf(
        statements,
        "SELECT * FROM shown_book WHERE version = ? AND id IN (?)",
        [version],
        books,
      );
      const queryRows = await allOf(
        statements,
        "SELECT * FROM shown_query WHERE version = ? AND `key` IN (?)",
        [version],
        queries,
      );
      return {
        books: new Map(bookRows.map(trendBookOf).map((book) => [book.id, book])),
        queries: new Map(queryRows.map(trendQueryOf).map((query) => [query.key, query])),
      };
    },
  };
}

/** Where nothing is known of a vote's client, its reader stands for it. */
const CLIENT = "COALESCE(client, reader)";

async function spellingsOf(
  { allEach }: Statements,
  version: number,
  queries: string[],
): Promise<Map<string, Spelling[]>> {
  const sql = `SELECT ? AS \`key\`, spelling, COUNT(DISTINCT reader) AS readers, COUNT(DISTINCT ${CLIENT}) AS clients
    FROM (SELECT spelling, reader, client FROM vote WHERE version = ? AND subject = 'query' AND \`key\` = ?
      ORDER BY hour DESC, reader DESC, kind DESC LIMIT ${SPELLING_VOTES}) AS newest
    WHERE spelling IS NOT NULL GROUP BY spelling`;
  const rows = await allEach(sql, queries.map((key) => [key, version, key]));
  const found = Map.groupBy(rows, (row) => String(row.key));
  return new Map(queries.map((key) => [
    key,
    (found.get(key) ?? []).map((row) => ({
      spelling: String(row.spelling),
      readers: Number(row.readers),
      clients: Number(row.clients),
    })),
  ]));
}

/** Counts distinct readers and clients of each key no further than is asked. */
export const createReaderFloor = ({ allEach }: Statements, version: number): ReaderFloor => ({
  async reached(subject, keys, least) {
    const distinct = (what: string) =>
      `(SELECT COUNT(*) FROM (SELECT DISTINCT ${what} FROM vote
        WHERE version = ? AND subject = ? AND \`key\` = ? LIMIT ?) AS some)`;
    const sql = `SELECT ? AS \`key\`, ${distinct("reader")} AS readers, ${distinct(CLIENT)} AS clients`;
    const rows = await allEach(
      sql,
      keys.map((key) => [key, version, subject, key, least, version, subject, key, least]),
    );
    const reached = rows.filter((row) => Number(row.readers) >= least && Number(row.clients) >= least);
    return new Set(reached.map((row) => String(row.key)));
  },
});
