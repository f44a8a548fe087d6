import { DAY, dayOf, HOUR, hourOf } from "@/domain/hours.ts";
import { dayKey } from "@/domain/trend/day_bound.ts";
import type { Vote } from "@/domain/trend/vote.ts";
import type { Votes } from "@/application/trend/ports.ts";
import { allOf, inOrder } from "@/adapters/sql/lists.ts";
import type { Statements, Value } from "@/adapters/sql/statements.ts";
import { VOTE_KEY, voteOf } from "./rows.ts";
import type { VoteAgeing } from "./vote_ageing.ts";

/** The columns of a vote. */
const VOTE = "subject, `key`, reader, kind, time, weight, client, spelling";

/** Votes of one projection version, inside a transaction. */
export const createVotes = (statements: Statements, version: number, ageing: VoteAgeing): Votes => {
  /** The last read of days: votes of these days are usually stored next. */
  let lately: DaysRead | undefined;
  return {
    async ofSameDays(votes) {
      const wanted = new Map(votes.map((vote) => [dayKey(vote), vote]));
      lately = await readDays(statements, version, [...wanted.values()]);
      return lately.stored.filter((vote) => wanted.has(dayKey(vote)));
    },
    async addNew(votes) {
      const { stored, covers } = lately ?? NOTHING_READ;
      lately = undefined;
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
        stored: async () => {
          const more = await storedNear(statements, version, votes.filter((vote) => !covers(vote)));
          return [...stored, ...more].map((vote) => voteKeyOf(version, vote));
        },
      });
      const added = votes.filter((_, at) => areNew[at]);
      await ageing.noteStored(statements, added);
      return added;
    },
    async removeReader(reader) {
      // Locked, so that votes which a concurrent transaction removes are not subtracted from the counts twice.
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
  };
};

const voteKeyOf = (version: number, { subject, key, kind, reader, time }: Vote): Value[] => [
  version,
  subject,
  key,
  hourOf(time),
  reader,
  kind,
];

/** The stored votes of the same readers and hours, which are few and indexed. */
async function storedNear(statements: Statements, version: number, votes: Vote[]): Promise<Vote[]> {
  if (votes.length === 0) return [];
  const sql = `SELECT ${VOTE} FROM vote ${statements.dialect.byIndex("vote_reader")}
    WHERE version = ? AND hour >= ? AND hour <= ? AND reader IN (?)`;
  const [first, last] = spanOf(votes);
  return await votesOfReaders(statements, sql, [version, hourOf(first), hourOf(last)], votes);
}

/** Stored votes. `covers`: whether they include all stored votes of a vote's reader and hour. */
type DaysRead = { stored: Vote[]; covers(vote: Vote): boolean };
const NOTHING_READ: DaysRead = { stored: [], covers: () => false };

/** The stored votes of the same days. On a server also others of the same readers, which saves round trips. */
async function readDays(statements: Statements, version: number, votes: Vote[]): Promise<DaysRead> {
  if (votes.length === 0) return NOTHING_READ;
  const select = `SELECT ${VOTE} FROM vote ${statements.dialect.byIndex("vote_reader")}
    WHERE version = ? AND hour >= ? AND hour < ?`;
  if (statements.dialect.isLocal) {
    const rows = votes.map(({ subject, key, reader, time }) => [version, ...dayHours(time), subject, key, reader]);
    const found = await statements.allEach(`${select} AND subject = ? AND \`key\` = ? AND reader = ?`, rows);
    return { stored: found.map(voteOf), covers: () => false };
  }
  const [first, last] = spanOf(votes);
  const [from, until] = [dayHours(first)[0], dayHours(last)[1]];
  const readers = new Set(votes.map(({ reader }) => reader));
  const covers = ({ reader, time }: Vote) => readers.has(reader) && hourOf(time) >= from && hourOf(time) < until;
  return {
    stored: await votesOfReaders(statements, `${select} AND reader IN (?)`, [version, from, until], votes),
    covers,
  };
}

/** The times of the earliest and the latest vote. */
function spanOf(votes: Vote[]): [first: number, last: number] {
  let [first, last] = [Infinity, -Infinity];
  for (const { time } of votes) {
    first = Math.min(first, time);
    last = Math.max(last, time);
  }
  return [first, last];
}

/** The numbers of the first hour of a time's day and of the next day. */
const dayHours = (time: number): [number, number] => [dayOf(time) * HOURS, (dayOf(time) + 1) * HOURS];
const HOURS = DAY / HOUR;

async function votesOfReaders(statements: Statements, sql: string, values: Value[], votes: Vote[]): Promise<Vote[]> {
  const readers = [...new Set(votes.map(({ reader }) => reader))];
  return (await allOf(statements, sql, values, readers)).map(voteOf);
}
