import type { Mutant } from "@/tests/faults/simulated/mutants/mutant.ts";
import { type Run, runSchedule } from "./schedule.ts";
import { shrink } from "./shrink.ts";
import { TURNS } from "./steps.ts";

/** So many sets of steps at most are tried for a smaller schedule. */
const MOST_TRIED = 150;
const MOST_MS = 120_000;
/** Fewer steps make other turns, so that each set is tried with some. */
const TURNS_TRIED = ["", ".2", ".3", ".4"].map((turns) => TURNS + turns);

/** A failing schedule with the steps that it needs to break the first of its promises again. */
export async function shrunk(failed: Run, mutant?: Mutant): Promise<Run> {
  const [first] = failed.violations;
  const until = performance.now() + MOST_MS;
  let smallest = failed;
  async function fails(some: string[]): Promise<boolean> {
    for (const turns of TURNS_TRIED) {
      if (performance.now() > until) return false;
      const run = await runSchedule({ seed: failed.seed, only: [...some, turns] }, mutant);
      if (run.violations.some(({ invariant, what }) => invariant === first?.invariant && what === first.what)) {
        smallest = run;
        return true;
      }
    }
    return false;
  }
  await shrink([...failed.taken.keys()], fails, MOST_TRIED);
  return smallest;
}
