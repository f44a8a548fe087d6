import { DAY, dayOf, HOUR, hourOf } from "@/domain/hours.ts";
import { dayKey } from "@/domain/trend/day_bound.ts";
import type { Vote } from "@/domain/trend/vote.ts";
import { WINDOWS } from "@/domain/trend/window.ts";
import type { Counts, KeyedBucket, KeyedScore, Scores, Shown, Votes } from "@/application/trend/ports.ts";
import { allOf, inOrder } from "@/adapters/sql/lists.ts";
import type { Statements, Value } from "@/adapters/sql/statements.ts";
import { EVERY_WINDOW, readBars } from "./candidates.ts";
import { keyedBucketOf, keyedScoreOf, SCORE_COLUMN, VOTE_KEY, voteOf } from "./rows.ts";
import type { VoteAgeing } from "./vote_ageing.ts";

/** The columns of a vote. */
const VOTE = "subject, `key`, reader, kind, time, weight, client, spelling";

/** Votes of one projection version, inside a transaction. */
export const createVotes = (statements: Statements, version: number, ageing: VoteAgeing): Votes => ({
  async ofSameDays(votes) {
    const wanted = new Map(votes.map((vote) => [dayKey(vote), vote]));
    const stored = await votesOfDays(statements, version, [...wanted.values()]);
    return stored.filter((vote) => wanted.has(dayKey(vote)));
  },
  async addNew(votes) {
    if (votes.length === 0) return [];
    const areNew = await statements.dialect.insertNew(statements, {
      table: "vote",
      key: VOTE_KEY,
      rest: ["time", "weight", "client", "spelling"],
      stamped: "noted",
      rows: votes.map((vote) => [
        ...voteKeyOf(version, vote),
        vote.time,
        vote.weight,
        vote.client ?? null,
        vote.spelling ?? null,
      ]),
      stored: async () => (await storedNear(statements, version, votes)).map((vote) => voteKeyOf(version, vote)),
    });
    const added = votes.filter((_, at) => areNew[at]);
    await ageing.noteStored(statements, added);
    return added;
  },
  async removeReader(reader) {
    // Locked, so that votes that are removed with their counts by another transaction meanwhile are not taken away twice.
    const sql = `SELECT ${VOTE} FROM vote WHERE version = ? AND reader = ? ${statements.dialect.forUpdate}`;
    const rows = await statements.all(sql, [version, reader]);
    await statements.run("DELETE FROM vote WHERE version = ? AND reader = ?", [version, reader]);
    return rows.map(voteOf);
  },
  async removeOf(keys, before) {
    const sql = `SELECT ${VOTE} FROM vote WHERE version = ? AND subject = ? AND hour <= ? AND time < ? AND noted < ?
      AND \`key\` IN (?) ORDER BY \`key\`, hour, reader, kind ${statements.dialect.forUpdate}`;
    const removed: Vote[] = [];
    for (const [subject, own] of Map.groupBy(keys, (one) => one.subject)) {
      const names = own.map(({ key }) => key).sort();
      removed.push(
        ...(await allOf(statements, sql, [version, subject, hourOf(before), before, before], names)).map(voteOf),
      );
    }
    const rows = inOrder(removed.map((vote) => voteKeyOf(version, vote)), VOTE_KEY.length);
    await statements.dialect.deleteRows(statements, "vote", VOTE_KEY, rows);
    return removed;
  },
  purge: ageing.purge(statements, version),
});

const voteKeyOf = (version: number, { subject, key, kind, reader, time }: Vote): Value[] => [
  version,
  subject,
  key,
  hourOf(time),
  reader,
  kind,
];

/** The stored votes of the same readers and hours, which are few and have an index. */
function storedNear(statements: Statements, version: number, votes: Vote[]): Promise<Vote[]> {
  const sql = `SELECT ${VOTE} FROM vote ${statements.dialect.byIndex("vote_reader")}
    WHERE version = ? AND hour >= ? AND hour <= ? AND reader IN (?)`;
  const [first, last] = spanOf(votes);
  return votesOfReaders(statements, sql, [version, hourOf(first), hourOf(last)], votes);
}

/** The stored votes of the days of the votes; where that costs fewer round trips, also others that are near to them. */
async function votesOfDays(statements: Statements, version: number, votes: Vote[]): Promise<Vote[]> {
  if (votes.length === 0) return [];
  const select = `SELECT ${VOTE} FROM vote ${statements.dialect.byIndex("vote_reader")}
    WHERE version = ? AND hour >= ? AND hour < ?`;
  if (statements.dialect.isLocal) {
    const rows = votes.map(({ subject, key, reader, time }) => [version, ...dayHours(time), subject, key, reader]);
    return (await statements.allEach(`${select} AND subject = ? AND \`key\` = ? AND reader = ?`, rows)).map(voteOf);
  }
  const [first, last] = spanOf(votes);
  const span = [version, dayHours(first)[0], dayHours(last)[1]];
  return await votesOfReaders(statements, `${select} AND reader IN (?)`, span, votes);
}

/** The times of the earliest vote and of the latest. */
function spanOf(votes: Vote[]): [first: number, last: number] {
  let [first, last] = [Infinity, -Infinity];
  for (const { time } of votes) {
    first = Math.min(first, time);
    last = Math.max(last, time);
  }
  return [first, last];
}

/** The hours of a time's day: the first, and the first of the next day. */
const dayHours = (time: number): [number, number] => [dayOf(time) * HOURS, (dayOf(time) + 1) * HOURS];
const HOURS = DAY / HOUR;

async function votesOfReaders(statements: Statements, sql: string, values: Value[], votes: Vote[]): Promise<Vote[]> {
  const readers = [...new Set(votes.map(({ reader }) => reader))];
  return (await allOf(statements, sql, values, readers)).map(voteOf);
}

const BUCKET_KEY = ["version", "subject", "`key`", "start", "kind"];

export function createCounts(statements: Statements, version: number): Counts {
  const { onConflict, given } = statements.dialect;
  const add = `INSERT INTO bucket (${BUCKET_KEY.join(", ")}, count, weight) VALUES ? ${onConflict} ` +
    `count = count + ${given("count")}, weight = weight + ${given("weight")}`;
  const keyOf = ({ subject, key, start, kind }: KeyedBucket): Value[] => [version, subject, key, start, kind];
  return {
    async add(buckets) {
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
  // MySQL assigns from left to right, so `candidate` comes first, while the scores are those that are stored.
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

/** Of two queries of one time the one whose bytes come first is kept. As HEX, bytes compare alike on every server. */
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
