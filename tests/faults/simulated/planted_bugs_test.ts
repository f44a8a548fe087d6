import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { MUTANTS } from "./mutants.ts";
import { runSchedule } from "./schedule.ts";

/** So many schedules at most may pass before a planted bug is found, unless it says otherwise. */
const PATIENCE = 150;

Error.stackTraceLimit = 0;

describe("the harness", { skip: Deno.env.get("SEED") !== undefined }, () => {
  for (const [bug, { breaks, mutant, patience = PATIENCE }] of Object.entries(MUTANTS)) {
    it(`finds a planted bug: ${bug} (${breaks.join(" or ")})`, async () => {
      let found: string[] = [];
      let seed = 0;
      while (found.length === 0 && seed < patience) {
        const { violations } = await runSchedule(++seed, mutant);
        found = violations.map(({ invariant }) => invariant).filter((invariant) => breaks.includes(invariant));
      }
      console.log(`${bug}: found by schedule ${seed}`);
      expect(found.length).toBeGreaterThan(0);
    });
  }

  it("a seed decides everything: the same schedule happens twice in the same way", async () => {
    for (const seed of [1, 2, 3]) expect(await runSchedule(seed)).toEqual(await runSchedule(seed));
    expect((await runSchedule(1)).trace).not.toEqual((await runSchedule(2)).trace);
  });
});
