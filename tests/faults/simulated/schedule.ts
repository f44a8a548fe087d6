import { brokenPromises } from "@/tests/oracle/oracle.ts";
import { type Violation, violation } from "@/tests/oracle/violation.ts";
import { evidenceOf } from "./evidence.ts";
import type { Fault } from "./faults.ts";
import type { Mutant } from "./mutants.ts";
import { createNemesis } from "./nemesis.ts";
import { replayLetters } from "./operators.ts";
import { settled } from "./quiet.ts";
import { replayLog } from "./replay.ts";
import { work } from "./workload.ts";
import type { Air } from "./simulated_store.ts";
import { createWorld } from "./world.ts";

export type Run = {
  seed: number;
  violations: Violation[];
  /** How often each fault happened. */
  faults: Record<Fault, number>;
  steps: number;
  commits: number;
  /** One text that is the same whenever the same happened. */
  trace: string;
};

/** One schedule: work under faults, then none until all is quiet, then the oracle. The seed decides everything. */
export async function runSchedule(seed: number, mutant: Mutant = {}, tell?: Air["tell"]): Promise<Run> {
  const world = createWorld(seed, mutant, tell);
  const { scheduler, faults, history } = world;
  let done = false;
  work(world).then(() => void (done = true));
  const worked = await scheduler.run(() => done, 15 * 60_000, createNemesis(world));
  const violations = violation("I12", "the work does not end", worked ? [] : [`seed ${seed}`]);
  violations.push(...await settled(world));
  violations.push(...brokenPromises(await evidenceOf(world)));
  await replayLetters(world);
  violations.push(...await settled(world));
  violations.push(...brokenPromises(await evidenceOf(world)));
  violations.push(...await replayLog(world));
  const trace = history.commits.map(({ by, moves, said }) => `${by} ${moves.map((move) => move.next)} ${said.length}`);
  return {
    seed,
    violations,
    faults: faults.count,
    steps: scheduler.steps(),
    commits: history.commits.length,
    trace: trace.join("\n"),
  };
}
