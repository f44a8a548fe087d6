/** Candidates are kept few: bars are raised now and then, and what is below them is none any more. */
import { HOUR } from "@/domain/hours.ts";
import type { Subject } from "@/domain/trend/vote.ts";
import { type PerWindow, WINDOWS } from "@/domain/trend/window.ts";
import type { Clock } from "@/application/ports.ts";
import { elapsedMs } from "@/application/elapsed.ts";
import type { Database } from "@/adapters/sql/database.ts";
import { listPieces } from "@/adapters/sql/lists.ts";
import type { Statements } from "@/adapters/sql/statements.ts";
import { barOf, barsOf, BITS, bitsWhere, EVERY_WINDOW, literal, masksOf, NO_BAR, SUBJECTS } from "./candidates.ts";
import { KEPT } from "./first_bars.ts";
import { SCORE_COLUMN } from "./rows.ts";

/** Candidates of a window beyond which there is a cut. */
const CUT_BEYOND = 1_000;
/** A process looks for what to cut after so many transactions; a new one at its 1st, 2nd, 4th and so on. */
const TRANSACTIONS_A_CUT = 64;

/**
 * Keeps candidates few: run before each transaction of a version. Once an hour and at its start it also looks for keys that a
 * process of the version before, which knows no candidates, has raised above a bar.
 */
export function keepCandidatesFew({ transaction }: Database, clock: Clock): (version: number) => Promise<void> {
  const runsByVersion = new Map<number, { runs: number; completedAt: number }>();
  return async (version) => {
    const own = runsByVersion.get(version) ?? { runs: 0, completedAt: -Infinity };
    runsByVersion.set(version, own);
    own.runs++;
    const isPowerOfTwo = (own.runs & (own.runs - 1)) === 0;
    if (own.runs % TRANSACTIONS_A_CUT !== 0 && !(isPowerOfTwo && own.runs < TRANSACTIONS_A_CUT)) return;
    const completes = elapsedMs(clock, own.completedAt) >= HOUR;
    for (const subject of SUBJECTS) {
      if (completes) await transaction((statements) => complete(statements, version, subject));
      await transaction((statements) => cut(statements, version, subject));
    }
    if (completes) own.completedAt = clock.now();
  };
}

/** Raises the bars of windows that have too many candidates, and takes those below out. */
async function cut(statements: Statements, version: number, subject: Subject): Promise<void> {
  const { all, get, runRows, dialect } = statements;
  const counted = await all(
    `SELECT candidate, COUNT(*) AS n FROM score ${dialect.byIndex("score_candidate")}
      WHERE version = ? AND subject = ? AND candidate > 0 GROUP BY candidate`,
    [version, subject],
  );
  const full = WINDOWS.filter((window) =>
    counted.reduce((sum, row) => sum + ((Number(row.candidate) & BITS[window]) === 0 ? 0 : Number(row.n)), 0) >
      CUT_BEYOND
  );
  if (full.length === 0) return;
  const bars = await barsOf(statements, version, dialect.forUpdate);
  const raised = Object.fromEntries(WINDOWS.map((one) => [one, barOf(bars, subject, one)])) as PerWindow;
  for (const window of full) {
    const column = SCORE_COLUMN[window];
    const row = await get(
      `SELECT ${column} AS bar FROM score ${dialect.byIndex("score_candidate")}
        WHERE version = ? AND subject = ? AND candidate > 0 AND candidate IN (${masksOf(window)})
        ORDER BY ${column} DESC LIMIT 1 OFFSET ${KEPT - 1}`,
      [version, subject],
    );
    raised[window] = Math.max(raised[window], Number(row?.bar ?? NO_BAR));
  }
  const columns = Object.values(SCORE_COLUMN);
  const higher = columns.map((name) =>
    `${name} = CASE WHEN ${dialect.given(name)} > ${name} THEN ${dialect.given(name)} ELSE ${name} END`
  );
  await runRows(
    `INSERT INTO score_bar (version, subject, ${columns.join(", ")}) VALUES ? ${dialect.onConflict} ${
      higher.join(", ")
    }`,
    [[version, subject, ...WINDOWS.map((window) => raised[window])]],
  );
  const below = bitsWhere((window) => `${SCORE_COLUMN[window]} < ${literal(raised[window])}`);
  const { keys, set } = marking(statements, version, subject);
  // Said of each row as it is when it is changed: a key that has risen meanwhile stays.
  await set(await keys(`candidate > 0 AND (candidate & (${below})) > 0`), `candidate & (${EVERY_WINDOW} - (${below}))`);
}

/** Makes every key at or above a bar a candidate. */
async function complete(statements: Statements, version: number, subject: Subject): Promise<void> {
  const bars = await barsOf(statements, version);
  const above = bitsWhere((window) => `${SCORE_COLUMN[window]} >= ${literal(barOf(bars, subject, window))}`);
  const { keys, set } = marking(statements, version, subject);
  await set(await keys(`(candidate | (${above})) <> candidate`), `candidate | (${above})`);
}

/** Finds keys and decides again which of them are candidates, in the order in which all transactions lock scores. */
const marking = ({ all, run, dialect }: Statements, version: number, subject: Subject) => ({
  async keys(where: string): Promise<string[]> {
    const rows = await all(`SELECT \`key\` FROM score WHERE version = ? AND subject = ? AND ${where}`, [
      version,
      subject,
    ]);
    return rows.map(({ key }) => String(key)).sort();
  },
  async set(keys: string[], candidate: string): Promise<void> {
    for (const some of listPieces(keys, dialect)) {
      await run(
        `UPDATE score ${dialect.byIndex("PRIMARY")} SET candidate = ${candidate}
          WHERE version = ? AND subject = ? AND \`key\` IN (?)`,
        [version, subject, some],
      );
    }
  },
});
