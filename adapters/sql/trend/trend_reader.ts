import { hourOf } from "@/domain/hours.ts";
import { readCandidates } from "./candidates.ts";
import { createTrendPast } from "./past.ts";
import { readFewVotes } from "./few_votes.ts";
import { readBuckets } from "./read_buckets.ts";
import { trendBookOf, trendQueryOf } from "./rows.ts";
import type { Spelling } from "@/domain/trend/spelling.ts";
import {
  type BookSpan,
  type ReaderFloor,
  type ShownBook,
  SPELLING_VOTES,
  type TrendReader,
} from "@/application/trend/ports.ts";
import { defined } from "@/application/defined.ts";
import { allOf } from "@/adapters/sql/lists.ts";
import { numberOf, type Row } from "@/adapters/sql/row.ts";
import type { Statements } from "@/adapters/sql/statements.ts";

/** Lists of one projection version. */
export function createTrendReader(statements: Statements, version: number): TrendReader {
  return {
    ...createTrendPast(statements, version),
    candidates: (subject, window, skip, limit) => readCandidates(statements, { version, subject, window, skip, limit }),
    buckets: (subject, keys, from) => readBuckets(statements, { version, subject, keys, from }),
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
    sums: (spans) => sumsOf(statements, version, spans),
    spellings: (queries) => spellingsOf(statements, version, queries),
    async shown(books, queries) {
      const bookRows = await allOf(
        statements,
        "SELECT book.*, gone.time AS since FROM shown_book AS book " +
          "LEFT JOIN book_removal AS gone ON gone.version = book.version AND gone.id = book.id " +
          "WHERE book.version = ? AND book.id IN (?)",
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
        books: new Map(bookRows.map(shownBookOf).map((book) => [book.id, book])),
        queries: new Map(queryRows.map(trendQueryOf).map((query) => [query.key, query])),
      };
    },
  };
}

const shownBookOf = (row: Row): ShownBook => ({ ...trendBookOf(row), ...defined({ since: numberOf(row.since) }) });

async function sumsOf({ allEach }: Statements, version: number, spans: BookSpan[]) {
  const sql = "SELECT ? AS `key`, COUNT(*) AS count, COALESCE(SUM(weight), 0) AS weight FROM vote " +
    "WHERE version = ? AND subject = 'book' AND `key` = ? AND hour >= ? AND hour <= ? AND time >= ? AND time < ?";
  const rows = await allEach(
    sql,
    spans.map(({ key, from, to }) => [key, version, key, hourOf(from), hourOf(to), from, to]),
  );
  return new Map(rows.map((row) => [String(row.key), { count: Number(row.count), weight: Number(row.weight) }]));
}

/** Where nothing is known of a vote's client, its reader stands for it. */
const CLIENT = "COALESCE(client, reader)";

async function spellingsOf(
  statements: Statements,
  version: number,
  queries: string[],
): Promise<Map<string, Spelling[]>> {
  const columns = `spelling, COUNT(DISTINCT reader) AS readers, COUNT(DISTINCT ${CLIENT}) AS clients`;
  const which = { sql: "AND spelling IS NOT NULL", values: [] };
  const few = await readFewVotes(statements, {
    version,
    subject: "query",
    keys: queries,
    columns,
    which,
    per: "spelling",
  });
  const sql = `SELECT ? AS \`key\`, ${columns}
    FROM (SELECT spelling, reader, client FROM vote WHERE version = ? AND subject = 'query' AND \`key\` = ?
      ORDER BY hour DESC, reader DESC, kind DESC LIMIT ${SPELLING_VOTES}) AS newest
    WHERE spelling IS NOT NULL GROUP BY spelling`;
  const others = queries.filter((key) => !few.has(key));
  const rows = await statements.allEach(sql, others.map((key) => [key, version, key]));
  const found = Map.groupBy(rows, (row) => String(row.key));
  const spelled = (rows: Row[]) =>
    rows.filter(({ spelling }) => spelling !== null).map(({ spelling, readers, clients }) => ({
      spelling: String(spelling),
      readers: Number(readers),
      clients: Number(clients),
    }));
  return new Map(queries.map((key) => [key, spelled(few.get(key) ?? found.get(key) ?? [])]));
}

/** Counts distinct readers and clients of each key no further than is asked. */
export const createReaderFloor = (statements: Statements, version: number): ReaderFloor => ({
  async reached(subject, keys, least, { from, to } = {}) {
    const within = `${from === undefined ? "" : "AND hour >= ? AND time >= ?"} ${
      to === undefined ? "" : "AND hour <= ? AND time <= ?"
    }`;
    const bounds = [from, to].flatMap((time) => time === undefined ? [] : [hourOf(time), time]);
    const few = await readFewVotes(statements, {
      version,
      subject,
      keys,
      columns: `COUNT(DISTINCT reader) AS readers, COUNT(DISTINCT ${CLIENT}) AS clients`,
      which: { sql: within, values: bounds },
    });
    const distinct = (what: string) =>
      `(SELECT COUNT(*) FROM (SELECT DISTINCT ${what} FROM vote
        WHERE version = ? AND subject = ? AND \`key\` = ? ${within} LIMIT ?) AS some)`;
    // As an expression: for the bare column SQLite reads the whole index of readers instead of the key's first votes.
    const sql = `SELECT ? AS \`key\`, ${distinct("COALESCE(reader, '')")} AS readers, ${distinct(CLIENT)} AS clients`;
    const others = keys.filter((key) => !few.has(key));
    const rows = await statements.allEach(
      sql,
      others.map((key) => {
        const votes = [version, subject, key, ...bounds, least];
        return [key, ...votes, ...votes];
      }),
    );
    const reached = [...[...few.values()].flat(), ...rows]
      .filter((row) => Number(row.readers) >= least && Number(row.clients) >= least);
    return new Set(reached.map((row) => String(row.key)));
  },
});
