/** `deno task faults`: see `--help`, and docs/faults.md. */
import { messageOf } from "@/application/faults.ts";
import { type Options, optionsOf, USAGE } from "./options.ts";
import { buildTracer, cutPower } from "./power/run.ts";
import { createRandom, type Random } from "@/application/shared/random.ts";
import { commandOf, writeReport } from "./report.ts";
import { unpackBefore } from "@/tests/faults/world/program_before.ts";
import { runScenario } from "./run.ts";
import type { Scenario } from "./scenario.ts";
import { SCENARIOS, SHORT_MIX } from "./scenarios/all.ts";
import { type Servers, startServers } from "@/tests/faults/world/servers.ts";
import type { World } from "@/tests/faults/world/world.ts";

const options = (() => {
  try {
    return optionsOf(Deno.args);
  } catch (error) {
    console.error(`${messageOf(error)}\n\n${USAGE}`);
    Deno.exit(2);
  }
})();
if (options === "help") {
  console.log(USAGE);
  Deno.exit(0);
}

const folder = Deno.makeTempDirSync({ prefix: "bookstream-faults-" });
let servers: Servers | undefined;
let world: World | undefined;
let ending = false;
const ownFolder = () => Deno.makeTempDirSync({ dir: folder });
async function closeServers(): Promise<void> {
  const closing = servers;
  servers = undefined;
  await closing?.close();
}
async function close(): Promise<void> {
  ending = true;
  // Whoever is asked to end takes the services of the scenario at hand along.
  await world?.services.clear().catch((error) => console.error(`services are left: ${messageOf(error)}`));
  await closeServers();
  await Deno.remove(folder, { recursive: true });
}
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, () => close().finally(() => Deno.exit(130)));
}

const POWER_WORK_MS = 30_000;
const count = { passed: 0, failed: 0, skipped: 0 };
try {
  if (options.power === undefined) await runAll(options);
  else await runPowerCuts(options.power, options.seed);
} finally {
  if (!ending) await close();
}
console.log(`reports: ${options.report}`);
console.log(`${count.passed} passed, ${count.failed} failed${count.skipped > 0 ? `, ${count.skipped} skipped` : ""}`);
Deno.exit(count.failed > 0 ? 1 : 0);

/** The suite on the embedded default, and what power cuts leave of its files. */
async function runPowerCuts(cuts: number, seed: number): Promise<void> {
  const tracer = buildTracer(ownFolder());
  if ("missing" in tracer) {
    count.skipped += cuts;
    return console.log(`LEFT OUT: ${tracer.missing}`);
  }
  console.log(`seed ${seed}, ${cuts} power cuts of the embedded default`);
  const { answered, records } = await cutPower(tracer.library, {
    folder: ownFolder(),
    random: createRandom(seed),
    cuts,
    lastsMs: POWER_WORK_MS,
    onCut(at, broken) {
      count[broken.length === 0 ? "passed" : "failed"]++;
      for (const what of broken) console.log(`  cut ${at}: ${what}`);
    },
  });
  console.log(`  ${answered} answers and ${records} writes, renamings and synchronisations in which to cut`);
}

/** The scenarios asked for, those that share servers first. */
function wanted({ scenarios: ids, mix, minutes }: Options, random: Random): Scenario[] {
  const asked = ids ?? (mix === "short" ? SHORT_MIX : undefined);
  const unknown = asked?.filter((id) => !SCENARIOS.some((one) => one.id === id)) ?? [];
  if (unknown.length > 0) {
    console.error(`no such scenario: ${unknown.join(", ")}; there are ${SCENARIOS.map(({ id }) => id).join(", ")}`);
    Deno.exit(2);
  }
  const chosen = SCENARIOS.filter(({ id }) => asked === undefined || asked.includes(id));
  const places = new Map(chosen.map((one) => [one, minutes === undefined ? 0 : random.next()]));
  const cost = (one: Scenario) => (one.disks === undefined ? 0 : 1) + places.get(one)!;
  return chosen.toSorted((a, b) => cost(a) - cost(b));
}

async function runAll(options: Options): Promise<void> {
  const { log, store, minutes } = options;
  const until = performance.now() + (minutes ?? 0) * 60_000;
  const random = createRandom(options.seed);
  const before = await unpackBefore(options.before, folder);
  const has = { kafka: log === "kafka", database: store !== "sqlite", "version before": before !== undefined };
  for (let seed = options.seed;; seed = random.int(1, 2 ** 31)) {
    console.log(`seed ${seed}, log ${log}, stores ${store}`);
    for (const scenario of wanted(options, random)) {
      const missing = scenario.needs.filter((need) => !has[need]);
      if (missing.length > 0) {
        count.skipped++;
        console.log(`${scenario.id} ${scenario.title}: LEFT OUT, it needs ${missing.join(" and ")}`);
      } else await one(scenario, seed, options, before);
      if (minutes !== undefined && performance.now() > until) return;
    }
    if (minutes === undefined) return;
  }
}

async function one(
  scenario: Scenario,
  seed: number,
  { log, store, report, loud, lasting }: Options,
  before: string | undefined,
): Promise<void> {
  const random = createRandom(seed).fork(scenario.id);
  console.log(`${scenario.id} ${scenario.title}`);
  if (scenario.disks !== undefined && !(await onDisks(scenario, { log, store, random }))) return;
  servers ??= await startServers({ log, store, folder: ownFolder(), random: random.fork("proxies") });
  const from = performance.now();
  const outcome = await runScenario(scenario, {
    servers,
    store,
    folder,
    random,
    loud,
    ...(before === undefined ? {} : { before }),
    ...(lasting === undefined ? {} : { lastsMs: lasting.ms }),
    opened: (one) => world = one,
  });
  const tookMs = performance.now() - from;
  if (scenario.disks !== undefined) await closeServers();
  const setting = { seed, log, store, tookMs, args: lasting?.args ?? `--scenario ${scenario.id}` };
  const page = await writeReport(report, scenario, setting, outcome);
  const kept = outcome.violations.length === 0;
  count[kept ? "passed" : "failed"]++;
  const { ok, refused, unknown } = outcome.calls;
  console.log(
    `  ${kept ? "kept" : "BROKEN"} in ${
      (tookMs / 1000).toFixed(0)
    } s: ${ok} yes, ${refused} no, ${unknown} without an answer`,
  );
  for (const { invariant, what, count, examples } of outcome.violations) {
    console.log(`  ${invariant}: ${what} (${count})${examples.slice(0, 3).map((one) => `\n      ${one}`).join("")}`);
  }
  if (!kept) console.log(`  see ${page}; again: ${commandOf(setting)}`);
}

/** Servers of the scenario's own on small disks, in place of the shared ones; false, said loudly, where mounting is not allowed. */
async function onDisks(
  { id, title, disks }: Scenario,
  { log, store, random }: Pick<Options, "log" | "store"> & { random: Random },
): Promise<boolean> {
  await closeServers();
  try {
    servers = await startServers({ log, store, folder: ownFolder(), random, disks: disks! });
    return true;
  } catch (error) {
    if (!/mount/.test(messageOf(error))) throw error;
    count.skipped++;
    console.log(`${id} ${title}: LEFT OUT, it needs a disk of its own: ${messageOf(error)}`);
    return false;
  }
}
