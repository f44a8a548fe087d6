import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { FAULTS } from "./faults.ts";
import { type Run, runSchedule } from "./schedule.ts";

/** `SEED=123` runs that schedule alone; `SCHEDULES=20000` runs so many. */
const SEED = Deno.env.get("SEED");
const SCHEDULES = Number(Deno.env.get("SCHEDULES") ?? 2_000);
/** How many failing schedules are told in full. */
const TOLD = 3;

// Errors are made by the thousand, and nobody looks at where.
Error.stackTraceLimit = 0;

const report = ({ seed, violations }: Run): string =>
  [
    `schedule ${seed} breaks a promise; SEED=${seed} deno task test faults/simulated runs it again`,
    ...violations.flatMap(({ invariant, what, count, examples }) => [
      `  ${invariant}: ${what} (${count})`,
      ...examples.map((one) => `      ${one.slice(0, 2_000)}`),
    ]),
  ].join("\n");

/** The seeds of one of two halves, which run side by side: the odd ones or the even ones. */
function seedsOf(half: 1 | 2): number[] {
  if (SEED !== undefined) return Number(SEED) % 2 === half % 2 ? [Number(SEED)] : [];
  return Array.from({ length: SCHEDULES }, (_, at) => at + 1).filter((seed) => seed % 2 === half % 2);
}

/** Runs one half of the schedules, each of which must keep every promise. */
export function testSchedules(half: 1 | 2): void {
  const seeds = seedsOf(half);
  const title = SEED === undefined ? `${seeds.length} ${half === 1 ? "odd" : "even"} schedules` : `schedule ${SEED}`;
  describe("simulated faults", { skip: seeds.length === 0 }, () => {
    it(`${title} keep every promise`, async () => {
      const failed: Run[] = [];
      const faults = Object.fromEntries(FAULTS.map((fault) => [fault, 0]));
      for (const seed of seeds) {
        const run = await runSchedule(seed);
        for (const fault of FAULTS) faults[fault]! += run.faults[fault];
        if (run.violations.length > 0) failed.push(run);
      }
      console.log(`${title}, faults: ${JSON.stringify(faults)}`);
      if (failed.length > 0) {
        const rest = failed.slice(TOLD).map(({ seed }) => seed);
        throw new Error([...failed.slice(0, TOLD).map(report), ...rest.map((seed) => `also ${seed}`)].join("\n"));
      }
      // A fault that never happens is none that is withstood.
      if (seeds.length >= 500) expect(Object.entries(faults).filter(([, count]) => count === 0)).toEqual([]);
    });
  });
}
