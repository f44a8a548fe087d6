import { startAudit } from "./audit.ts";
import { checkLetters } from "./check/letters.ts";
import { eventsOf } from "./check/events.ts";
import { checkLog } from "./check/log.ts";
import { checkRecommendation } from "./check/recommendation.ts";
import { checkTrend } from "./check/trend.ts";
import { type Violation, violation } from "./check/violation.ts";
import { checkWeb } from "./check/web.ts";
import { storedBy } from "./evidence.ts";
import type { Outgoing } from "@/application/messaging/wire/event_log.ts";
import { messageOf } from "@/application/faults.ts";
import { quiet } from "./quiet.ts";
import type { Outcome } from "./report.ts";
import type { Scenario } from "./scenario.ts";
import { createWorld, type World, type WorldDeps } from "./world.ts";

const PATIENCE = 90_000;

/** Starts the services, lets the scenario do its harm under load, waits for quiet, and compares everything with everything. */
export async function runScenario(
  scenario: Scenario,
  { opened, ...deps }: Omit<WorldDeps, "load" | "partitions"> & { opened(world: World): void },
): Promise<Outcome> {
  const partitions = scenario.partitions ?? deps.random.pick([1, 3, 6]);
  const world = createWorld({ ...deps, partitions, load: scenario.load ?? {} });
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
    ...{ violations: [...violations, ...world.breaches()], said: world.said(), calls: { ok, refused, unknown } },
    ...{ figures: world.figures(), history: world.calls.lines(), logs },
  };
}

const MEMBERS: NonNullable<Scenario["members"]> = [{ name: "trend" }, { name: "recommendation" }, { name: "web" }];

async function begin({ members: all = MEMBERS }: Scenario, world: World): Promise<void> {
  await Promise.all(all.map(({ name, env }) => world.services.up(world.member(name, env))));
  if (world.servers.database !== undefined) world.audit = await startAudit(world.tables);
  await world.workload.prepare();
  world.workload.start();
  world.say(`${all.length} processes are ready, the workload begins`);
}

async function end({ patience = PATIENCE }: Scenario, world: World): Promise<Violation[]> {
  await world.servers.heal();
  await world.services.revive();
  world.say("all faults are over");
  await world.workload.stop();
  const { took, left } = await quiet(world.topics, world.tables, patience);
  world.say(left.length === 0 ? "quiet" : "not quiet in time");
  world.measure("seconds until quiet", Number((took / 1000).toFixed(1)));
  await world.watch.stop();
  const unusable = new Set(world.planted.map(({ message }) => placeOf(message)));
  const events = eventsOf((await world.topics.dump()).filter((message) => !unusable.has(placeOf(message))));
  const own = events.filter(({ envelope }) => !world.foreign.has(envelope.id));
  const stored = await storedBy(world.tables, world.trend);
  world.measure("events", events.length);
  world.measure("copies of events in the log", events.reduce((sum, { copies }) => sum + copies - 1, 0));
  const silence = world.calls.longestSilence();
  world.measure("longest time without a yes (s)", Number((silence.took / 1000).toFixed(1)));
  return [
    ...violation("I12", `not everything has arrived within ${patience / 1000} s`, left),
    ...violation("I13", "processes that ended by themselves", world.services.deaths()),
    ...checkLog(world.calls.all(), own),
    ...checkWeb(own, stored.web),
    ...checkTrend(events, stored.trend),
    ...checkRecommendation(events, stored.recommendation),
    ...checkLetters(world.planted, stored.letters),
    ...world.watch.check(),
    ...await world.audit?.check() ?? [],
    ...world.checks.flatMap((check) => check(events)),
  ];
}

const placeOf = ({ topic, key }: Outgoing): string => `${topic} ${key === null ? "" : new TextDecoder().decode(key)}`;
