import { hourOf } from "@/domain/hours.ts";
import { readCandidates } from "./candidates.ts";
import { createTrendPast } from "./past.ts";
import { readFewVotes } from "./few_votes.ts";
import type { KeptBuckets } from "./kept_buckets.ts";
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
import type { Condition, Statements } from "@/adapters/sql/statements.ts";

/** Reads trends of one projection version. */
export function createTrendReader(
  statements: Statements,
  version: number,
  kept: Pick<KeptBuckets, "read">,
): TrendReader {
  return {
    ...createTrendPast(statements, version),
    candidates: (subject, window, skip, limit) => readCandidates(statements, { version, subject, window, skip, limit }),
    buckets: (subject, keys, from) => kept.read({ version, subject, keys, from }),
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

/** The client of a vote, or its reader when the client is unknown. */
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

/** The first count reads this many votes of a key per required reader, which is enough for most keys of a list. */
const VOTES_A_READER = 4;

/**
 * Counts the voters among the first `most` votes of each key in one statement: in SQLite a statement per key costs more than the count.
 * `whole`: whether the key has no further votes. Empty on a server.
 */
async function firstVoters(
  { all, dialect }: Statements,
  keys: string[],
  { sql, values }: Condition,
  most: number,
): Promise<Map<string, Row>> {
  if (!dialect.isLocal || keys.length === 0) return new Map();
  const count = (what: string) =>
    `(SELECT COUNT(${what}) FROM (SELECT * FROM vote WHERE ${sql} AND \`key\` = asked.value LIMIT ${most}))`;
  const rows = await all(
    `SELECT value AS \`key\`, ${count("DISTINCT reader")} AS readers, ${count(`DISTINCT ${CLIENT}`)} AS clients,
      ${count("*")} < ${most} AS whole FROM json_each(?) AS asked`,
    [...values, ...values, ...values, keys],
  );
  return new Map(rows.map((row) => [String(row.key), row]));
}

/** Counts distinct readers and clients of each key up to the required number. */
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
    const reaches = ({ readers, clients }: Row) => Number(readers) >= least && Number(clients) >= least;
    const which = { sql: `version = ? AND subject = ? ${within}`, values: [version, subject, ...bounds] };
    const others = keys.filter((key) => !few.has(key));
    const first = await firstVoters(statements, others, which, VOTES_A_READER * least);
    const unsure = others.filter((key) => {
      const row = first.get(key);
      return row === undefined || !reaches(row) && Number(row.whole) === 0;
    });
    const distinct = (what: string) =>
      `(SELECT COUNT(*) FROM (SELECT DISTINCT ${what} FROM vote WHERE ${which.sql} AND \`key\` = ? LIMIT ?) AS some)`;
    // An expression, because for a plain column SQLite would scan the whole index on readers instead of the key's first votes.
    const sql = `SELECT ? AS \`key\`, ${distinct("COALESCE(reader, '')")} AS readers, ${distinct(CLIENT)} AS clients`;
    const rows = await statements.allEach(
      sql,
      unsure.map((key) => {
        const votes = [...which.values, key, least];
        return [key, ...votes, ...votes];
      }),
    );
    const counted = [...few.values()].flat().concat(...first.values(), rows);
    return new Set(counted.filter(reaches).map((row) => String(row.key)));
  },
});
