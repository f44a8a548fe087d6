import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { MUTANTS } from "@/tests/faults/simulated/mutants/mutants.ts";
import { runSchedule } from "@/tests/faults/simulated/schedules/schedule.ts";
import { report } from "@/tests/faults/simulated/schedules/schedules.ts";
import { shrunk } from "@/tests/faults/simulated/schedules/shrunk.ts";
import { scheduleOf, scheduleText } from "@/tests/faults/simulated/schedules/steps.ts";

/** So many schedules at most may pass before a planted bug is found, unless it says otherwise. */
const PATIENCE = 150;

Error.stackTraceLimit = 0;

describe("the harness", { skip: Deno.env.get("SEED") !== undefined }, () => {
  for (const [bug, { breaks, mutant, patience = PATIENCE }] of Object.entries(MUTANTS)) {
    it(`finds a planted bug: ${bug} (${breaks.join(" or ")})`, async () => {
      let found: string[] = [];
      let seed = 0;
      while (found.length === 0 && seed < patience) {
        const { violations } = await runSchedule({ seed: ++seed }, mutant);
        found = violations.map(({ invariant }) => invariant).filter((invariant) => breaks.includes(invariant));
      }
      console.log(`${bug}: found by schedule ${seed}`);
      expect(found.length).toBeGreaterThan(0);
    });
  }

  it("a seed decides everything: the same schedule happens twice in the same way", async () => {
    for (const seed of [1, 2, 3]) expect(await runSchedule({ seed })).toEqual(await runSchedule({ seed }));
    expect((await runSchedule({ seed: 1 })).trace).not.toEqual((await runSchedule({ seed: 2 })).trace);
  });

  it("a schedule is the steps that it took: cut down to all of them it happens in the same way", async () => {
    const whole = await runSchedule({ seed: 3 });
    const again = await runSchedule({ seed: 3, only: [...whole.taken.keys()] });
    expect(again.trace).toEqual(whole.trace);
    expect(again.taken).toEqual(whole.taken);
  });

  for (
    const bug of ["the inbox swallows that an id is there", "nobody compares the version that a change is meant for"]
  ) {
    it(`makes a failing schedule smaller before it is printed: ${bug}`, async () => {
      const { mutant } = MUTANTS[bug]!;
      let failed = await runSchedule({ seed: 1 }, mutant);
      while (failed.violations.length === 0) failed = await runSchedule({ seed: failed.seed + 1 }, mutant);
      const small = await shrunk(failed, mutant);
      console.log(report(small));
      expect(failed.taken.size).toBeGreaterThan(20);
      expect(small.taken.size).toBeLessThan(9);
      const printed = /SEED="(.*)"/.exec(report(small))![1]!;
      expect(printed).toBe(scheduleText(small));
      const [first] = (await runSchedule(scheduleOf(printed), mutant)).violations;
      expect(first?.what).toBe(failed.violations[0]!.what);
      expect((await runSchedule(scheduleOf(printed))).violations).toEqual([]);
    });
  }
});
