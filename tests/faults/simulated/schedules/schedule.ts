import { brokenPromises } from "@/tests/oracle/oracle.ts";
import { type Violation, violation } from "@/tests/oracle/violation.ts";
import { evidenceOf } from "@/tests/faults/simulated/checks/evidence.ts";
import { markEvidence } from "@/tests/faults/simulated/checks/marks.ts";
import type { Mutant } from "@/tests/faults/simulated/mutants/mutant.ts";
import { createNemesis } from "@/tests/faults/simulated/actors/nemesis.ts";
import { replayDeadLetters } from "@/tests/faults/simulated/actors/operators.ts";
import { settled } from "@/tests/faults/simulated/checks/quiet.ts";
import { replayLog } from "@/tests/faults/simulated/checks/replay.ts";
import { work } from "@/tests/faults/simulated/actors/workload.ts";
import type { Air } from "@/tests/faults/simulated/world/simulated_store.ts";
import type { Schedule } from "./steps.ts";
import { createWorld, type World } from "@/tests/faults/simulated/world/world.ts";

export type Run = Schedule & {
  violations: Violation[];
  steps: number;
  commits: number;
  /** The steps that were taken, with what each did. */
  taken: Map<string, string>;
  marks: Map<string, number>;
  /** One text that is the same whenever the same happened. */
  trace: string;
};

/** One schedule: work under faults, then none until all is quiet, then the oracle. The seed decides everything. */
export async function runSchedule(schedule: Schedule, mutant: Mutant = {}, tell?: Air["tell"]): Promise<Run> {
  const world = createWorld(schedule, mutant, tell);
  const { scheduler, history, marks, steps } = world;
  let done = false;
  work(world).then(() => void (done = true));
  const worked = await scheduler.run(() => done, 15 * 60_000, createNemesis(world));
  const violations = violation("I12", "the work does not end", worked ? [] : [`seed ${schedule.seed}`]);
  violations.push(...await settled(world), ...await checked(world));
  // Of what is broken already no more is asked.
  if (violations.length === 0) {
    await replayDeadLetters(world);
    violations.push(...await settled(world), ...await checked(world));
  }
  if (violations.length === 0) violations.push(...await replayLog(world));
  const trace = history.commits.map(({ by, moves, said }) => `${by} ${moves.map((move) => move.next)} ${said.length}`);
  return {
    ...schedule,
    violations,
    steps: scheduler.steps(),
    commits: history.commits.length,
    taken: steps.taken,
    marks: marks.count,
    trace: trace.join("\n"),
  };
}

async function checked(world: World): Promise<Violation[]> {
  const evidence = await evidenceOf(world);
  markEvidence(world.marks, evidence);
  return brokenPromises(evidence);
}
