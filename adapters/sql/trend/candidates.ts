// Candidates are the keys with a window's highest stored scores. A row of `score` has a bit per window that marks its key as one, so
// the index of candidates changes only when a key becomes a candidate or ceases to be one.

// Every key at or above a window's bar (`score_bar`) is a candidate. A bar only rises, and scores fall only by erasures, so a write by
// an outdated bar adds a needless candidate but never misses one. Erased keys take their bit with them.

import type { Subject } from "@/domain/trend/vote.ts";
import { type PerWindow, type Window, WINDOWS } from "@/domain/trend/window.ts";
import type { Statements } from "@/adapters/sql/statements.ts";
import { SCORE_COLUMN } from "./rows.ts";

export const SUBJECTS: Subject[] = ["book", "query"];
export const BITS = Object.fromEntries(WINDOWS.map((window, at) => [window, 1 << at])) as PerWindow;
/** Marks a candidate of every window. It is the column's default, so that rows of a process of the previous release are candidates. */
export const EVERY_WINDOW = WINDOWS.reduce((sum, window) => sum + BITS[window], 0);
/** A bar below every score, for a window in which every key is a candidate. */
export const NO_BAR = -1e300;

type Bars = Map<string, PerWindow>;

export const masksOf = (window: Window): string =>
  Array.from({ length: EVERY_WINDOW }, (_, at) => at + 1).filter((mask) => (mask & BITS[window]) !== 0).join(", ");

/** A SQL expression for the bits of the windows whose condition holds. */
export const bitsWhere = (holds: (window: Window) => string): string =>
  WINDOWS.map((window) => `CASE WHEN ${holds(window)} THEN ${BITS[window]} ELSE 0 END`).join(" + ");

export const literal = (bar: number): string => /e/.test(String(bar)) ? String(bar) : `${bar}e0`;

/** The bars of a version's subjects. */
export async function barsOf({ all }: Statements, version: number, end = ""): Promise<Bars> {
  const rows = await all(`SELECT * FROM score_bar WHERE version = ? ORDER BY subject ${end}`, [version]);
  return new Map(rows.map((row) => [
    String(row.subject),
    Object.fromEntries(WINDOWS.map((window) => [window, Number(row[SCORE_COLUMN[window]])])) as PerWindow,
  ]));
}

export const barOf = (bars: Bars, subject: string, window: Window): number => bars.get(subject)?.[window] ?? NO_BAR;

/** Reads the bars, and returns expressions that decide which keys are candidates. */
export async function readBars(statements: Statements, version: number) {
  const bars = await barsOf(statements, version);
  const anyBar = (window: Window) =>
    `CASE subject ${
      SUBJECTS.map((subject) => `WHEN '${subject}' THEN ${literal(barOf(bars, subject, window))}`).join(" ")
    } END`;
  return {
    /** The bits of the windows in which a score makes its key a candidate. */
    bitsOf: (subject: Subject, score: PerWindow): number =>
      WINDOWS.reduce((sum, one) => sum + (score[one] >= barOf(bars, subject, one) ? BITS[one] : 0), 0),
    /** The same in SQL. `scoreIn`: an expression for the new score of a column. */
    bitsWith: (scoreIn: (column: string) => string): string =>
      bitsWhere((window) => `${scoreIn(SCORE_COLUMN[window])} >= ${anyBar(window)}`),
  };
}

/** Keys by stored score, highest first, ties by key. Sorts all keys when there are not enough candidates. */
export async function readCandidates(
  { all, get, dialect }: Statements,
  { version, subject, window, skip, limit }: {
    version: number;
    subject: Subject;
    window: Window;
    skip: number;
    limit: number;
  },
): Promise<string[]> {
  const column = SCORE_COLUMN[window];
  const page = `ORDER BY ${column} DESC, \`key\` LIMIT ? OFFSET ?`;
  const bar = `SELECT ${column} AS bar FROM score_bar WHERE version = ? AND subject = ?`;
  const rows = await all(
    `SELECT \`key\`, (${bar}) AS bar FROM score ${dialect.byIndex("score_candidate")}
      WHERE version = ? AND subject = ? AND candidate > 0 AND candidate IN (${masksOf(window)})
        AND ${column} >= COALESCE((${bar}), ${NO_BAR}) ${page}`,
    [version, subject, version, subject, version, subject, limit, skip],
  );
  const keys = rows.map(({ key }) => String(key));
  if (keys.length === limit) return keys;
  const read = rows[0] ?? await get(bar, [version, subject]);
  if (Number(read?.bar ?? NO_BAR) === NO_BAR) return keys;
  const sorted = await all(`SELECT \`key\` FROM score WHERE version = ? AND subject = ? ${page}`, [
    version,
    subject,
    limit,
    skip,
  ]);
  return sorted.map(({ key }) => String(key));
}
