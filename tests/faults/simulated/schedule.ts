import { checkEvents } from "./checks/events.ts";
import { type Facts, factsOf, type Violation } from "./checks/facts.ts";
import { checkLetters } from "./checks/letters.ts";
import { checkPositions } from "./checks/positions.ts";
import { checkRebuilds } from "./checks/rebuilds.ts";
import { checkRecommendations } from "./checks/recommendations.ts";
import { checkReplay } from "./checks/replay.ts";
import { checkTrends } from "./checks/trends.ts";
import type { Fault } from "./faults.ts";
import type { Mutant } from "./mutants.ts";
import { createNemesis } from "./nemesis.ts";
import { replayLetters } from "./operators.ts";
import { settled } from "./quiet.ts";
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

/** One schedule: work under faults, then none until all is quiet, then the checks. The seed decides everything. */
export async function runSchedule(seed: number, mutant: Mutant = {}, tell?: Air["tell"]): Promise<Run> {
  const world = createWorld(seed, mutant, tell);
  const { scheduler, faults, history } = world;
  let done = false;
  work(world).then(() => void (done = true));
  const worked = await scheduler.run(() => done, 15 * 60_000, createNemesis(world));
  const violations: Violation[] = worked ? [] : [{ invariant: "I12", detail: "the work does not end" }];
  violations.push(...await settled(world));
  const checks = [checkEvents, checkPositions, checkLetters, checkTrends, checkRecommendations, checkRebuilds];
  async function checked(): Promise<void> {
    const facts: Facts = await factsOf(world);
    for (const check of checks) violations.push(...await check(facts));
  }
  await checked();
  await replayLetters(world);
  violations.push(...await settled(world));
  await checked();
  violations.push(...await checkReplay(await factsOf(world)));
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
