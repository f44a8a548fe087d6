import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { unreached } from "@/tests/faults/simulated/checks/marks.ts";
import { type Run, runSchedule } from "./schedule.ts";
import { shrunk } from "./shrunk.ts";
import { type Schedule, scheduleOf, scheduleText } from "./steps.ts";

/** `SEED=123` runs that schedule alone, cut down to the steps behind the seed where there are any; `SCHEDULES=20000` runs so many. */
const SEED = Deno.env.get("SEED");
const SCHEDULES = Number(Deno.env.get("SCHEDULES") ?? 2_000);
/** The first of them. */
const FIRST = Number(Deno.env.get("FIRST") ?? 1);
/** How many failing schedules are made smaller and told in full. */
const TOLD = 3;

// Errors are made by the thousand, and nobody looks at where.
Error.stackTraceLimit = 0;

/** A failing schedule: what it breaks, the steps that it takes, and how it is run again. */
export const report = (run: Run): string =>
  [
    `schedule ${run.seed} breaks a promise; to run it again:`,
    `  SEED="${scheduleText(run)}" deno task test faults/simulated`,
    ...[...run.taken].map(([name, what]) => `    ${name}: ${what}`),
    ...run.violations.flatMap(({ invariant, what, count, examples }) => [
      `  ${invariant}: ${what} (${count})`,
      ...examples.map((one) => `      ${one.slice(0, 2_000)}`),
    ]),
  ].join("\n");

/** The schedules of one of two halves, which run side by side: the odd seeds or the even ones. */
function schedulesOf(half: 1 | 2): Schedule[] {
  const all = SEED === undefined
    ? Array.from({ length: SCHEDULES }, (_, at): Schedule => ({ seed: FIRST + at }))
    : [scheduleOf(SEED)];
  return all.filter(({ seed }) => seed % 2 === half % 2);
}

/** Runs one half of the schedules, each of which must keep every promise. */
export function testSchedules(half: 1 | 2): void {
  const schedules = schedulesOf(half);
  const title = SEED === undefined
    ? `${schedules.length} ${half === 1 ? "odd" : "even"} schedules from ${FIRST} on`
    : `schedule ${SEED}`;
  describe("simulated faults", { skip: schedules.length === 0 }, () => {
    it(`${title} keep every promise`, async () => {
      const failed: Run[] = [];
      const marks = new Map<string, number>();
      for (const schedule of schedules) {
        const run = await runSchedule(schedule);
        for (const [mark, count] of run.marks) marks.set(mark, (marks.get(mark) ?? 0) + count);
        if (run.violations.length > 0) failed.push(run);
      }
      console.log(`${title}, marks: ${JSON.stringify(Object.fromEntries([...marks].sort()), undefined, 1)}`);
      if (failed.length > 0) {
        const told = await Promise.all(failed.slice(0, TOLD).map((run) => run.only === undefined ? shrunk(run) : run));
        const rest = failed.slice(TOLD).map(({ seed }) => seed);
        throw new Error([...told.map(report), ...rest.map((seed) => `also ${seed}`)].join("\n"));
      }
      // What never came about was not withstood.
      expect(unreached(marks, schedules.length)).toEqual([]);
    });
  });
}
