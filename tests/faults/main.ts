/** `deno task faults`: see `--help`, and docs/faults.md. */
import { messageOf } from "@/application/messaging/faults.ts";
import { type Options, optionsOf, USAGE } from "./options.ts";
import { createRandom } from "./random.ts";
import { commandOf, writeReport } from "./report.ts";
import { runScenario } from "./run.ts";
import type { Scenario } from "./scenario.ts";
import { SCENARIOS } from "./scenarios/all.ts";
import { type Servers, startServers } from "./servers.ts";

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
let ending = false;
async function close(): Promise<void> {
  ending = true;
  await servers?.close();
  await Deno.remove(folder, { recursive: true });
}
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, () => close().finally(() => Deno.exit(130)));
}

const count = { passed: 0, failed: 0, skipped: 0 };
try {
  await runAll(options);
} finally {
  if (!ending) await close();
}
console.log(`reports: ${options.report}`);
console.log(`${count.passed} passed, ${count.failed} failed${count.skipped > 0 ? `, ${count.skipped} skipped` : ""}`);
Deno.exit(count.failed > 0 ? 1 : 0);

function wanted({ scenarios: ids }: Options): Scenario[] {
  const unknown = ids?.filter((id) => !SCENARIOS.some((one) => one.id === id)) ?? [];
  if (unknown.length > 0) {
    console.error(`no such scenario: ${unknown.join(", ")}; there are ${SCENARIOS.map(({ id }) => id).join(", ")}`);
    Deno.exit(2);
  }
  return SCENARIOS.filter(({ id }) => ids === undefined || ids.includes(id));
}

async function runAll(options: Options): Promise<void> {
  const { log, store, minutes } = options;
  const scenarios = wanted(options);
  console.log(`seed ${options.seed}, log ${log}, stores ${store}`);
  const from = performance.now();
  const random = createRandom(options.seed);
  let seed = options.seed;
  do {
    for (const scenario of scenarios) {
      const missing = scenario.needs.filter((need) => need === "kafka" ? log !== "kafka" : store === "sqlite");
      if (missing.length > 0) {
        count.skipped++;
        console.log(`${scenario.id} ${scenario.title}: LEFT OUT, it needs ${missing.join(" and ")}`);
      } else await one(scenario, seed, options);
    }
    seed = random.int(1, 2 ** 31);
  } while (minutes !== undefined && performance.now() - from < minutes * 60_000);
}

async function one(scenario: Scenario, seed: number, { log, store, report, loud }: Options): Promise<void> {
  const random = createRandom(seed).fork(scenario.id);
  console.log(`${scenario.id} ${scenario.title}`);
  servers ??= await startServers({ log, store, folder, random: random.fork("proxies") });
  const from = performance.now();
  const outcome = await runScenario(scenario, { servers, store, folder, random, loud });
  const took = performance.now() - from;
  const setting = { seed, log, store, took };
  const page = await writeReport(report, scenario, setting, outcome);
  const kept = outcome.violations.length === 0;
  count[kept ? "passed" : "failed"]++;
  const { ok, refused, unknown } = outcome.calls;
  console.log(
    `  ${kept ? "kept" : "BROKEN"} in ${
      (took / 1000).toFixed(0)
    } s: ${ok} yes, ${refused} no, ${unknown} without an answer`,
  );
  for (const { invariant, what, count, examples } of outcome.violations) {
    console.log(`  ${invariant}: ${what} (${count})${examples.slice(0, 3).map((one) => `\n      ${one}`).join("")}`);
  }
  if (!kept) console.log(`  see ${page}; again: ${commandOf(scenario, setting)}`);
}
