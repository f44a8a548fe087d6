/**
 * Votes lie in a partition for each week, and go by dropping it: to delete them row by row costs the server more than to store
 * them. `later` takes what is of a week that has no partition yet, the first one what is of all weeks before.
 */
import { DAY, HOUR, hourOf } from "@/domain/hours.ts";
import { isLate, startOfWeek, weekOf } from "@/domain/trend/vote_weeks.ts";
import type { Clock } from "@/application/ports.ts";
import type { OldVotes } from "@/application/trend/ports.ts";
import type { Statements } from "@/adapters/sql/statements.ts";
import type { VoteAgeing } from "@/adapters/sql/trend/vote_ageing.ts";
import { Conflict, Denied } from "./faults.ts";
import { NOW } from "./messaging_schema.ts";

/** The number of future weeks that have a partition. */
const WEEKS_AHEAD = 4;
/** Hours from `from` on and before `until`; `rows` is the server's own estimate. */
type Partition = { name: string; from: number; until: number; rows: number };

const EVERY_WEEK = -2147483648;
/** Stands for every week where votes are stored that nobody notes: by a process of the version before, or by a move. */
export const NOTE_EVERY_WEEK = `INSERT INTO late_vote (week, noted) VALUES (${EVERY_WEEK}, ${NOW} + 7 * ${DAY})
  ON DUPLICATE KEY UPDATE noted = GREATEST(noted, VALUES(noted))`;

/** The partition clause of the weeks from one on up to those ahead of a time, and of `later`. */
export function partitionsFrom(first: number, now: number): string {
  const weeks = Array.from({ length: weekOf(now) + WEEKS_AHEAD + 1 - first }, (_, at) => first + at);
  const named = weeks.map((week) => `PARTITION w${week} VALUES LESS THAN (${hourOf(startOfWeek(week + 1))})`);
  return [...named, "PARTITION later VALUES LESS THAN MAXVALUE"].join(", ");
}

export const createVoteWeeks = (clock: Clock): VoteAgeing => ({
  noteStored: (statements, votes) => noteLate(statements, [...new Set(votes.map(({ time }) => time))], clock.now()),
  purge: (statements) => async (old, after, most) => {
    if (after === undefined) await makeAhead(statements, clock.now());
    const { begun, byRows } = after === undefined ? START : placeOf(after);
    const end = hourOf(old.since);
    const next = (await partitionsOf(statements)).find(({ from }) => from >= begun && from < end);
    if (next === undefined) return { removed: 0, done: true };
    const tried = byRows || next.until > end ? "kept" : await drop(statements, next, old);
    // Dropping this partition extends the next one to its start.
    if (tried === "dropped") return { removed: next.rows, done: false, after: nameOf({ begun, byRows }) };
    // All versions share the ages, so rows are chosen by age alone.
    const sql = `DELETE FROM vote PARTITION (${next.name}) WHERE hour < ? AND noted < ? LIMIT ?`;
    const removed = await statements.run(sql, [end, old.storedBefore, most]);
    const reached = { begun: removed === most ? begun : next.until, byRows: byRows || tried === "hindered" };
    return { removed, done: false, after: nameOf(reached) };
  },
});

/** Where a purge goes on: with partitions from an hour on; `byRows` once the table could not be changed, as each try makes all wait. */
type Place = { begun: number; byRows: boolean };
const START: Place = { begun: -Infinity, byRows: false };
const nameOf = ({ begun, byRows }: Place): string => `${byRows ? "rows" : "weeks"} ${begun}`;
const placeOf = (name: string): Place => ({ begun: Number(name.split(" ")[1]), byRows: name.startsWith("rows") });

/** The partitions of votes, the oldest first. */
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
 * Notes until when votes of a week were stored late, so that the week is not dropped while one of them is young. A note is a day
 * ahead, so that one is enough for many transactions, and clocks may differ.
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

/** Drops a week unless votes of it were stored late, and lately. Nobody stores any while it looks and drops. */
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

/** Gives weeks to come a partition, and those that `later` has votes of. */
async function makeAhead(statements: Statements, now: number): Promise<void> {
  const first = weekOf((await partitionsOf(statements)).at(-1)!.from * HOUR);
  if (first > weekOf(now) + WEEKS_AHEAD) return;
  await unhindered(
    statements,
    () => statements.run(`ALTER TABLE vote REORGANIZE PARTITION later INTO (${partitionsFrom(first, now)})`),
  );
}

/**
 * Changes the table, unless a long transaction holds it, as that of a backup does: all others would wait behind. Nor where the user
 * may only work with data. Then rows are removed one by one, or it is done another day.
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
