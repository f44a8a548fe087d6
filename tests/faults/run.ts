import { startAudit } from "@/tests/faults/evidence/audit.ts";
import type { Evidence } from "@/tests/oracle/evidence.ts";
import { checkArrival } from "@/tests/oracle/promises/arrival.ts";
import { brokenPromises } from "@/tests/oracle/oracle.ts";
import { mostBehindMs } from "@/tests/oracle/promises/shown.ts";
import { type Violation, violation } from "@/tests/oracle/violation.ts";
import { evidenceOf } from "@/tests/faults/evidence/evidence.ts";
import { messageOf } from "@/application/faults.ts";
import { quiet } from "@/tests/faults/evidence/quiet.ts";
import type { Outcome } from "./report.ts";
import type { Scenario } from "./scenario.ts";
import { createWorld, type World, type WorldDeps } from "@/tests/faults/world/world.ts";

const PATIENCE_MS = 90_000;

/** Starts the services, lets the scenario do its harm under load, waits for quiet, and compares everything with everything. */
export async function runScenario(
  scenario: Scenario,
  { opened, ...deps }: Omit<WorldDeps, "load" | "partitions" | "clientsWaitMs"> & { opened(world: World): void },
): Promise<Outcome> {
  const partitions = scenario.partitions ?? deps.random.pick([1, 3, 6]);
  const { load = {}, clientsWaitMs } = scenario;
  const world = createWorld({ ...deps, partitions, load, clientsWaitMs });
  opened(world);
  const violations: Violation[] = [];
  try {
    world.measure("partitions", partitions);
    await begin(scenario, world);
    await scenario.run(world);
    violations.push(...await (scenario.end ?? ((world) => end(scenario, world)))(world));
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? ` (${messageOf(error.cause)})` : "";
    violations.push(...violation("run", "the run could not be brought to its end", [messageOf(error) + cause]));
  } finally {
    await deps.servers.heal().catch((error) => world.say(`the servers could not be healed: ${messageOf(error)}`));
    await world.watch.stop();
  }
  const { ok, refused, unknown } = world.calls.counts();
  const logs = Object.fromEntries(world.services.everyone().map((name) => [name, world.services.log(name)]));
  await world.clear().catch((error) => world.say(`could not clear up: ${messageOf(error)}`));
  return {
    violations: [...violations, ...world.breaches()],
    said: world.said(),
    calls: { ok, refused, unknown },
    figures: world.figures(),
    history: world.calls.lines(),
    logs,
  };
}

const MEMBERS: NonNullable<Scenario["members"]> = [{ name: "trend" }, { name: "recommendation" }, { name: "web" }];

async function begin({ members: all = MEMBERS }: Scenario, world: World): Promise<void> {
  await Promise.all(
    all.map(({ name, env, descriptors, before }) =>
      world.services.up({ ...(before ? world.before(name, env) : world.member(name, env)), descriptors })
    ),
  );
  if (world.servers.database !== undefined) world.audit = await startAudit(world.tables);
  await world.workload.prepare();
  world.workload.start();
  world.say(`${all.length} processes are ready, the workload begins`);
}

async function end({ patienceMs = PATIENCE_MS }: Scenario, world: World): Promise<Violation[]> {
  await world.servers.heal();
  await world.services.revive();
  world.say("all faults are over");
  await world.workload.stop();
  const { tookMs, left } = await quiet(world.topics, world.tables, patienceMs);
  world.say(left.length === 0 ? "quiet" : "not quiet in time");
  world.measure("seconds until quiet", Number((tookMs / 1000).toFixed(1)));
  await world.watch.stop();
  const evidence = await evidenceOf(world);
  measure(world, evidence);
  return [
    ...checkArrival(left, `${patienceMs / 1000} s`),
    ...violation("I13", "processes that ended by themselves", world.services.deaths()),
    ...brokenPromises(evidence),
  ];
}

function measure({ measure, calls, losses, services }: World, { events, sightings, looks = [] }: Evidence): void {
  const seconds = (milliseconds: number) => Number((milliseconds / 1000).toFixed(1));
  measure("events", events.length);
  measure("copies of events in the log", events.reduce((sum, { copies }) => sum + copies - 1, 0));
  measure("looks at books", looks.length);
  if (services.failedStarts() > 0) measure("starts that ended as the store did not answer", services.failedStarts());
  if (losses() !== "") measure("requests to web without an answer", losses());
  measure("longest time without a yes (s)", seconds(calls.longestSilence().tookMs));
  if (sightings === undefined) return;
  measure("looks of readers", sightings.trends.length);
  measure("readers saw again what was, at most (s)", seconds(mostBehindMs(events, sightings)));
}
