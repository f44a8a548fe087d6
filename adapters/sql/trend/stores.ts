import { WINDOWS } from "@/domain/trend/window.ts";
import type { Counts, KeyedBucket, KeyedScore, Scores, Shown, SubjectKey } from "@/application/trend/ports.ts";
import { allOf, inOrder } from "@/adapters/sql/lists.ts";
import type { Statements, Value } from "@/adapters/sql/statements.ts";
import { EVERY_WINDOW, readBars } from "./candidates.ts";
import { keyedBucketOf, keyedScoreOf, SCORE_COLUMN } from "./rows.ts";

const BUCKET_KEY = ["version", "subject", "`key`", "start", "kind"];

/** Writes counts. Calls `changes` with the keys before it writes. */
export function createCounts(statements: Statements, version: number, changes: (keys: SubjectKey[]) => void): Counts {
  const { onConflict, given } = statements.dialect;
  const add = `INSERT INTO bucket (${BUCKET_KEY.join(", ")}, count, weight) VALUES ? ${onConflict} ` +
    `count = count + ${given("count")}, weight = weight + ${given("weight")}`;
  const keyOf = ({ subject, key, start, kind }: KeyedBucket): Value[] => [version, subject, key, start, kind];
  return {
    async add(buckets) {
      changes(buckets);
      const rows = buckets.map((bucket) => [...keyOf(bucket), bucket.count, bucket.weight]);
      await statements.runRows(add, inOrder(rows, BUCKET_KEY.length));
      const less = inOrder(buckets.filter(({ count }) => count < 0).map(keyOf), BUCKET_KEY.length);
      await statements.dialect.deleteRows(statements, "bucket", BUCKET_KEY, less, "AND count = 0");
    },
    async of(subject, key) {
      const sql = "SELECT * FROM bucket WHERE version = ? AND subject = ? AND `key` = ? ORDER BY start, kind";
      return (await statements.all(sql, [version, subject, key])).map(keyedBucketOf);
    },
    async unvoted(keys) {
      const sql = `SELECT * FROM bucket WHERE version = ? AND subject = ? AND \`key\` = ?
        AND NOT EXISTS (SELECT 1 FROM vote WHERE version = ? AND subject = ? AND \`key\` = ?)`;
      const rows = keys.map(({ subject, key }) => [version, subject, key, version, subject, key]);
      return (await statements.allEach(sql, rows)).map(keyedBucketOf);
    },
  };
}

const SCORE_KEY = ["version", "subject", "`key`"];
const SCORES = Object.values(SCORE_COLUMN);

export function createScores(statements: Statements, version: number): Scores {
  const { dialect } = statements;
  const insert = `INSERT INTO score (${
    [...SCORE_KEY, ...SCORES, "candidate"].join(", ")
  }) VALUES ? ${dialect.onConflict}`;
  async function write(scores: KeyedScore[], update: (bars: Awaited<ReturnType<typeof readBars>>) => string[]) {
    if (scores.length === 0) return;
    const bars = await readBars(statements, version);
    const rows = scores.map(({ subject, key, score }) => [
      version,
      subject,
      key,
      ...WINDOWS.map((one) => score[one]),
      bars.bitsOf(subject, score),
    ]);
    await statements.runRows(`${insert} ${update(bars).join(", ")}`, inOrder(rows, SCORE_KEY.length));
  }
  // MySQL assigns from left to right, so `candidate` comes first, before the stored scores are overwritten.
  const adding = ({ bitsWith }: Awaited<ReturnType<typeof readBars>>) => [
    `candidate = CASE WHEN candidate = ${EVERY_WINDOW} THEN candidate ELSE candidate | (${
      bitsWith(dialect.addLog2)
    }) END`,
    ...SCORES.map((name) => `${name} = ${dialect.addLog2(name)}`),
  ];
  const replacing = () => [
    `candidate = candidate | ${dialect.given("candidate")}`,
    ...SCORES.map((name) => `${name} = ${dialect.given(name)}`),
  ];
  return {
    add: (scores) => write(scores, adding),
    async lock(keys) {
      const sql = `SELECT * FROM score ${
        dialect.byIndex("PRIMARY")
      } WHERE version = ? AND subject = ? AND \`key\` IN (?)
        ORDER BY \`key\` ${dialect.forUpdate}`;
      const found: KeyedScore[] = [];
      for (const subject of [...new Set(keys.map((one) => one.subject))].sort()) {
        const own = keys.filter((one) => one.subject === subject).map(({ key }) => key).sort();
        found.push(...(await allOf(statements, sql, [version, subject], own)).map(keyedScoreOf));
      }
      return found;
    },
    put: (scores) => write(scores, replacing),
    async remove(keys) {
      const rows = keys.map(({ subject, key }) => [version, subject, key]);
      await dialect.deleteRows(statements, "score", SCORE_KEY, inOrder(rows, SCORE_KEY.length));
    },
  };
}

/** Whether the given query is newer than the stored one. Ties go to the lower bytes, as HEX, which all servers compare alike. */
const newerQuery = (given: (column: string) => string): string =>
  `${given("time")} > time OR ${given("time")} = time AND (HEX(${given("query")}) < HEX(query) OR ` +
  `HEX(${given("query")}) = HEX(query) AND HEX(${given("books")}) < HEX(books))`;

export const createShown = (statements: Statements, version: number): Shown => ({
  async putBooks(books) {
    await statements.dialect.putNewer(statements, {
      table: "shown_book",
      key: ["version", "id"],
      rest: ["title", "authors", "removed", "work", "subjects", "book_version"],
      newer: `${statements.dialect.given("book_version")} > book_version`,
      rows: books.map(({ id, title, authors, removed, work, subjects, version: bookVersion }) => [
        version,
        id,
        title,
        JSON.stringify(authors),
        removed ? 1 : 0,
        work ?? null,
        subjects === undefined ? null : JSON.stringify(subjects),
        bookVersion,
      ]),
    });
  },
  async putRemovals(removals) {
    const { given } = statements.dialect;
    await statements.dialect.putNewer(statements, {
      table: "book_removal",
      key: ["version", "id"],
      rest: ["time", "book_version"],
      newer: `${given("book_version")} > book_version OR ${given("book_version")} = book_version AND ${
        given("time")
      } > time`,
      rows: removals.map(({ id, version: bookVersion, time }) => [version, id, time, bookVersion]),
    });
  },
  async putQueries(queries) {
    await statements.dialect.putNewer(statements, {
      table: "shown_query",
      key: ["version", "`key`"],
      rest: ["books", "query", "time"],
      newer: newerQuery(statements.dialect.given),
      rows: queries.map(({ key, query, books, time }) => [version, key, JSON.stringify(books), query, time]),
    });
  },
  removeUnvoted(keys, before) {
    const voted = "SELECT 1 FROM vote WHERE vote.version = shown_query.version AND vote.subject = 'query' " +
      "AND vote.`key` = shown_query.`key`";
    const [key, rows] = [["version", "`key`"], inOrder(keys.map((one) => [version, one, before]), 2)];
    const and = `AND time < ? AND NOT EXISTS (${voted})`;
    return statements.dialect.deleteRows(statements, "shown_query", key, rows, and);
  },
});
