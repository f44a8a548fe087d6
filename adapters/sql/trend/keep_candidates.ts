/** Limits the number of candidates: raises the bars from time to time, and unmarks the keys below them. */
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

/** A window with more candidates than this is cut. */
const CUT_BEYOND = 1_000;
/** The number of transactions between two checks of a process. A new process also checks at its 1st, 2nd, 4th … transaction. */
const TRANSACTIONS_A_CUT = 64;

/**
 * Limits the number of candidates. Call it before each transaction of a version. At the start and once an hour it also marks the keys
 * above a bar that a process of the previous release, which knows no candidates, has written.
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

/** Raises the bars of windows with too many candidates, and unmarks the keys below. */
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
  // The new value depends on the row's current scores, so a key that has risen meanwhile stays marked.
  await set(await keys(`candidate > 0 AND (candidate & (${below})) > 0`), `candidate & (${EVERY_WINDOW} - (${below}))`);
}

/** Marks every key at or above a bar as a candidate. */
async function complete(statements: Statements, version: number, subject: Subject): Promise<void> {
  const bars = await barsOf(statements, version);
  const above = bitsWhere((window) => `${SCORE_COLUMN[window]} >= ${literal(barOf(bars, subject, window))}`);
  const { keys, set } = marking(statements, version, subject);
  await set(await keys(`(candidate | (${above})) <> candidate`), `candidate | (${above})`);
}

/** Finds keys and updates their marks, in the order in which all transactions lock scores. */
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
