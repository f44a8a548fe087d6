import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { MUTANTS } from "./mutants.ts";
import { runSchedule } from "./schedule.ts";

/**
 * So many schedules at most may pass before a planted bug is found. Most are found by the first few. That a shared transaction
 * fences its first part only shows in about one of 600, as its partitions must change owners at the same time.
 */
const PATIENCE = 1_500;

Error.stackTraceLimit = 0;

describe("the harness", { skip: Deno.env.get("SEED") !== undefined }, () => {
  for (const [bug, { breaks, mutant }] of Object.entries(MUTANTS)) {
    it(`finds a planted bug: ${bug} (${breaks.join(" or ")})`, async () => {
      let found: string[] = [];
      let seed = 0;
      while (found.length === 0 && seed < PATIENCE) {
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
