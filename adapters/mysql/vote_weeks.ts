/**
 * The table of votes has a partition per week, and old votes are purged by dropping it: deleting rows costs more than storing
 * them. `later` holds weeks without a partition yet. The first partition holds all earlier weeks.
 */
import { DAY, HOUR, hourOf } from "@/domain/hours.ts";
import { isLate, startOfWeek, weekOf } from "@/domain/trend/vote_weeks.ts";
import type { Clock } from "@/application/ports.ts";
import type { OldVotes } from "@/application/trend/ports.ts";
import type { Statements } from "@/adapters/sql/statements.ts";
import type { VoteAgeing } from "@/adapters/sql/trend/vote_ageing.ts";
import { Conflict, Denied } from "./faults.ts";
import { NOW } from "./messaging_schema.ts";

/** How many future weeks have a partition. */
const WEEKS_AHEAD = 4;
/** A partition of the hours from `from` to before `until`. `rows` is the server's estimate. */
type Partition = { name: string; from: number; until: number; rows: number };

const EVERY_WEEK = -2147483648;
/** Marks every week as late for a week, as a process of the previous version or a move stores votes without recording late ones. */
export const NOTE_EVERY_WEEK = `INSERT INTO late_vote (week, noted) VALUES (${EVERY_WEEK}, ${NOW} + 7 * ${DAY})
  ON DUPLICATE KEY UPDATE noted = GREATEST(noted, VALUES(noted))`;

/** Returns the partition clause from week `first` to `WEEKS_AHEAD` weeks after `now`, and of `later`. */
export function partitionsFrom(first: number, now: number): string {
  const weeks = Array.from({ length: weekOf(now) + WEEKS_AHEAD + 1 - first }, (_, at) => first + at);
  const named = weeks.map((week) => `PARTITION w${week} VALUES LESS THAN (${hourOf(startOfWeek(week + 1))})`);
  return [...named, "PARTITION later VALUES LESS THAN MAXVALUE"].join(", ");
}

export const createVoteWeeks = (clock: Clock): VoteAgeing => ({
  noteStored: (statements, votes) => noteLate(statements, [...new Set(votes.map(({ time }) => time))], clock.now()),
  purge: (statements) => async (old, after, most) => {
    if (after === undefined) await makeAhead(statements, clock.now());
    const { begun, byRows } = after === undefined ? START : cursorOf(after);
    const end = hourOf(old.since);
    const next = (await partitionsOf(statements)).find(({ from }) => from >= begun && from < end);
    if (next === undefined) return { removed: 0, done: true };
    const tried = byRows || next.until > end ? "kept" : await drop(statements, next, old);
    // Dropping this partition extends the next one to its start.
    if (tried === "dropped") return { removed: next.rows, done: false, after: nameOf({ begun, byRows }) };
    // The maximum age is the same for all versions, so the version is not compared.
    const sql = `DELETE FROM vote PARTITION (${next.name}) WHERE hour < ? AND noted < ? LIMIT ?`;
    const removed = await statements.run(sql, [end, old.storedBefore, most]);
    const reached = { begun: removed === most ? begun : next.until, byRows: byRows || tried === "hindered" };
    return { removed, done: false, after: nameOf(reached) };
  },
});

/** The purge's cursor: the first hour to look at. `byRows` once a DROP PARTITION timed out, as each attempt makes all others wait. */
type Cursor = { begun: number; byRows: boolean };
const START: Cursor = { begun: -Infinity, byRows: false };
const nameOf = ({ begun, byRows }: Cursor): string => `${byRows ? "rows" : "weeks"} ${begun}`;
const cursorOf = (name: string): Cursor => ({ begun: Number(name.split(" ")[1]), byRows: name.startsWith("rows") });

/** Returns the partitions of votes, the oldest first. */
async function partitionsOf({ all }: Statements): Promise<Partition[]> {
  const rows = await all(
    `SELECT partition_name AS name, partition_description AS until, table_rows AS size FROM information_schema.partitions
      WHERE table_schema = DATABASE() AND table_name = 'vote' ORDER BY partition_ordinal_position`,
  );
  const untils = rows.map(({ until }) => String(until) === "MAXVALUE" ? Infinity : Number(until));
  return rows.map(({ name, size }, at) => ({
    name: String(name),
    from: untils[at - 1] ?? -Infinity,
    until: untils[at]!,
    rows: Number(size),
  }));
}

/**
 * Records until when votes of a week were stored late, so that the week is not dropped while one of them is young. A record is a
 * day ahead, so that it covers many transactions and differing clocks.
 */
async function noteLate({ all, runRows, dialect }: Statements, times: number[], now: number): Promise<void> {
  const weeks = [...new Set(times.filter((time) => isLate(time, now)).map(weekOf))].sort((a, b) => a - b);
  if (weeks.length === 0) return;
  const rows = await all("SELECT week FROM late_vote WHERE week IN (?) AND noted >= ?", [weeks, now + DAY / 2]);
  const noted = new Set(rows.map(({ week }) => Number(week)));
  await runRows(
    `INSERT INTO late_vote (week, noted) VALUES ? ${dialect.onConflict} noted = GREATEST(noted, ${
      dialect.given("noted")
    })`,
    weeks.filter((week) => !noted.has(week)).map((week) => [week, now + DAY]),
  );
}

/** Drops a partition unless votes of it were stored late and recently. Locks the table, so that none is stored meanwhile. */
async function drop(
  statements: Statements,
  partition: Partition,
  { storedBefore }: OldVotes,
): Promise<"dropped" | "kept" | "hindered"> {
  const { get, run } = statements;
  const [from, until] = [partition.from, partition.until].map((hour) => weekOf(hour * HOUR));
  const weeks = [Math.max(from!, EVERY_WEEK), until!];
  const young = () =>
    get(`SELECT 1 FROM late_vote WHERE noted >= ? AND (week >= ? AND week < ? OR week = ${EVERY_WEEK}) LIMIT 1`, [
      storedBefore,
      ...weeks,
    ]);
  if (await young() !== undefined) return "kept";
  return await unhindered(statements, async () => {
    await run("LOCK TABLES vote WRITE, late_vote WRITE");
    if (await young() !== undefined) return "kept";
    await run(`ALTER TABLE vote DROP PARTITION ${partition.name}`);
    await run("DELETE FROM late_vote WHERE noted < ?", [storedBefore]);
    return "dropped";
  });
}

/** Creates partitions for future weeks, and for those whose votes are in `later`. */
async function makeAhead(statements: Statements, now: number): Promise<void> {
  const first = weekOf((await partitionsOf(statements)).at(-1)!.from * HOUR);
  if (first > weekOf(now) + WEEKS_AHEAD) return;
  await unhindered(
    statements,
    () => statements.run(`ALTER TABLE vote REORGANIZE PARTITION later INTO (${partitionsFrom(first, now)})`),
  );
}

/**
 * Changes the table. Returns "hindered" when a long transaction, such as a backup, holds it, as all others would queue behind the
 * change, or when the user lacks the privilege. The caller then deletes rows, or tries another day.
 */
async function unhindered<Value>({ run }: Statements, change: () => Promise<Value>): Promise<Value | "hindered"> {
  try {
    await run("SET SESSION lock_wait_timeout = 1");
    return await change();
  } catch (error) {
    if (error instanceof Conflict || error instanceof Denied) return "hindered";
    throw error;
  } finally {
    await run("UNLOCK TABLES");
    await run("SET SESSION lock_wait_timeout = DEFAULT");
  }
}
