import { hourOf } from "@/domain/hours.ts";
import { type Vote, voteKey } from "@/domain/trend/vote.ts";
import { WINDOWS } from "@/domain/trend/window.ts";
import { keyedBucketOf, keyedScoreOf, SCORE_COLUMN, voteOf } from "@/adapters/sql/trend_rows.ts";
import type { Counts, KeyedScore, Scores, Shown, Votes } from "@/application/trend/ports.ts";
import { allOf, inOrder } from "@/adapters/sql/lists.ts";
import type { Statements } from "@/adapters/sql/statements.ts";
import { createVotePurge } from "./vote_purge.ts";

/** What a vote is made of. */
const VOTE = "subject, `key`, reader, kind, time, weight";
const columns = Object.values(SCORE_COLUMN);
const raised = (name: string): string =>
  `${name} = GREATEST(${name}, VALUES(${name})) + LOG2(1 + POW(2, -ABS(${name} - VALUES(${name}))))`;

/** Votes of one projection version over a transaction's statements. */
export const createVotes = (statements: Statements, version: number): Votes => ({
  async addNew(votes) {
    if (votes.length === 0) return [];
    // A vote that another transaction is adding is met as a key that is there twice, and seen by the next attempt.
    const fresh = new Map(votes.toReversed().map((vote) => [voteKey(vote), vote]));
    for (const vote of await storedNear(statements, version, votes)) fresh.delete(voteKey(vote));
    const added = [...fresh.values()].reverse();
    await statements.runRows(
      "INSERT INTO vote (version, subject, `key`, hour, reader, kind, time, weight) VALUES ?",
      inOrder(
        added.map(({ subject, key, kind, reader, time, weight }) => [
          version,
          subject,
          key,
          hourOf(time),
          reader,
          kind,
          time,
          weight,
        ]),
        6,
      ),
    );
    return added;
  },
  async removeReader(reader) {
    const rows = await statements.all(`SELECT ${VOTE} FROM vote WHERE version = ? AND reader = ?`, [version, reader]);
    await statements.run("DELETE FROM vote WHERE version = ? AND reader = ?", [version, reader]);
    return rows.map(voteOf);
  },
  purge: createVotePurge(statements, version),
});

/** The stored votes of the same readers and hours: few, and by an index of their own. */
async function storedNear(statements: Statements, version: number, votes: Vote[]): Promise<Vote[]> {
  const hours = votes.map(({ time }) => hourOf(time));
  const sql = `SELECT ${VOTE} FROM vote FORCE INDEX (vote_reader)
    WHERE version = ? AND hour >= ? AND hour <= ? AND reader IN (?)`;
  const span = hours.reduce(
    ([first, last], hour): [number, number] => [Math.min(first, hour), Math.max(last, hour)],
    [Infinity, -Infinity] as [number, number],
  );
  const readers = [...new Set(votes.map(({ reader }) => reader))];
  return (await allOf(statements, sql, [version, ...span], readers)).map(voteOf);
}

export const createCounts = (statements: Statements, version: number): Counts => ({
  async add(buckets) {
    await statements.runRows(
      "INSERT INTO bucket (version, subject, `key`, start, kind, count, weight) VALUES ? " +
        "ON DUPLICATE KEY UPDATE count = count + VALUES(count), weight = weight + VALUES(weight)",
      inOrder(
        buckets.map(({ subject, key, start, kind, count, weight }) => [
          version,
          subject,
          key,
          start,
          kind,
          count,
          weight,
        ]),
        5,
      ),
    );
    const less = buckets.filter(({ count }) => count < 0).map(({ subject, key, start, kind }) => [
      version,
      subject,
      key,
      start,
      kind,
    ]);
    const key = ["version", "subject", "`key`", "start", "kind"];
    await statements.dialect.deleteRows(statements, "bucket", key, inOrder(less, 5), "AND count = 0");
  },
  async of(subject, key) {
    const rows = await statements.all(
      "SELECT * FROM bucket WHERE version = ? AND subject = ? AND `key` = ? ORDER BY start, kind",
      [version, subject, key],
    );
    return rows.map(keyedBucketOf);
  },
});

export function createScores(statements: Statements, version: number): Scores {
  /** Writes a row for each score; `column`: what becomes of a column that is there. */
  const write = async (scores: KeyedScore[], column: (name: string) => string) =>
    void await statements.runRows(
      `INSERT INTO score (version, subject, \`key\`, ${columns.join(", ")}) VALUES ? ON DUPLICATE KEY UPDATE ${
        columns.map(column).join(", ")
      }`,
      inOrder(scores.map(({ subject, key, score }) => [version, subject, key, ...WINDOWS.map((one) => score[one])]), 3),
    );
  return {
    add: (scores) => write(scores, raised),
    async lock(keys) {
      const sql =
        "SELECT * FROM score FORCE INDEX (PRIMARY) WHERE version = ? AND subject = ? AND `key` IN (?) ORDER BY `key` FOR UPDATE";
      const found: KeyedScore[] = [];
      for (const subject of [...new Set(keys.map((one) => one.subject))].sort()) {
        const own = keys.filter((one) => one.subject === subject).map(({ key }) => key).sort();
        found.push(...(await allOf(statements, sql, [version, subject], own)).map(keyedScoreOf));
      }
      return found;
    },
    put: (scores) => write(scores, (name) => `${name} = VALUES(${name})`),
    async remove(keys) {
      const rows = keys.map(({ subject, key }) => [version, subject, key]);
      await statements.dialect.deleteRows(statements, "score", ["version", "subject", "`key`"], inOrder(rows, 3));
    },
  };
}

export const createShown = (statements: Statements, version: number): Shown => ({
  async putBooks(books) {
    await statements.dialect.putNewer(statements, {
      table: "shown_book",
      key: ["version", "id"],
      rest: ["title", "authors", "removed", "book_version"],
      newer: `${statements.dialect.given("book_version")} > book_version`,
      rows: books.map(({ id, title, authors, removed, version: bookVersion }) => [
        version,
        id,
        title,
        JSON.stringify(authors),
        removed ? 1 : 0,
        bookVersion,
      ]),
    });
  },
  async putQueries(queries) {
    await statements.dialect.putNewer(statements, {
      table: "shown_query",
      key: ["version", "`key`"],
      rest: ["books", "query", "time"],
      newer: "VALUES(time) > time OR VALUES(time) = time AND (" +
        "CAST(VALUES(query) AS BINARY) < CAST(query AS BINARY) OR " +
        "CAST(VALUES(query) AS BINARY) = CAST(query AS BINARY) AND CAST(VALUES(books) AS BINARY) < CAST(books AS BINARY))",
      rows: queries.map(({ key, query, books, time }) => [version, key, JSON.stringify(books), query, time]),
    });
  },
});
