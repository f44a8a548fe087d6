/**
 * Runs the tests in their tiers, each with the permissions that it needs, and ends with the line `N passed, N failed`.
 * `deno task test` runs all of them, `deno task test unit contracts` only those; a file or folder is named by its path.
 */
import { join } from "node:path";
import { chromiumPath } from "@/tests/support/pages/chromium.ts";

type Tier = { name: string; flags: string[] };
type Run = Tier & { path: string };

/** From the fastest to the slowest. Unit tests may read and nothing else, which shows that what they test does no I/O. */
const TIERS: Tier[] = [
  { name: "unit", flags: ["-P=unit"] },
  { name: "architecture", flags: ["-P=unit"] },
  { name: "docs", flags: ["-P=unit"] },
  { name: "faults/simulated", flags: ["-P=simulated", "--parallel"] },
  { name: "contracts", flags: ["-P=store"] },
  { name: "component", flags: ["-P=store"] },
  { name: "integration", flags: ["-P=store"] },
  { name: "e2e", flags: ["-P=processes"] },
  // Playwright reads in /proc, which Deno allows only together with everything.
  { name: "browser", flags: ["--allow-all"] },
];

/** Real servers that tests run on where their setting is there. */
const SERVERS = [
  { setting: "KAFKA_BROKERS", server: "Kafka" },
  { setting: "MYSQL_URL", server: "MySQL" },
  { setting: "MARIADB_URL", server: "MariaDB" },
];

/** The packages and permissions that only tests need. */
const CONFIG = "tests/deno.json";

type Count = { passed: number; failed: number; skipped: number };

async function run({ flags, path }: Run, report: string): Promise<Count & { ended: boolean }> {
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "--config", CONFIG, ...flags, "--quiet", `--junit-path=${report}`, path],
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  const cases = await Deno.readTextFile(report).then(casesOf, () => []);
  const failed = cases.filter((one) => one.failed).length;
  const skipped = cases.filter((one) => one.skipped).length;
  // A tier can fail without a failing test: a file that does not load, or an open resource.
  return {
    passed: cases.length - failed - skipped,
    failed: failed === 0 && !success ? 1 : failed,
    skipped,
    ended: success,
  };
}

type Case = { name: string; failed: boolean; skipped: boolean };

/** The test cases of a JUnit report, without the suites around them. */
function casesOf(xml: string): Case[] {
  const all = [
    ...xml.matchAll(/<testcase name="([^"]*)"[^>]*>([\s\S]*?)<\/testcase>|<testcase name="([^"]*)"[^>]*\/>/g),
  ].map((match) => ({
    name: match[1] ?? match[3] ?? "",
    failed: /<(failure|error)\b/.test(match[2] ?? ""),
    skipped: /<skipped\b/.test(match[2] ?? ""),
  }));
  return all.filter(({ name, failed }) => {
    const steps = all.filter((other) => other.name.startsWith(`${name} &gt; `));
    return steps.length === 0 || (failed && steps.every((step) => !step.failed));
  });
}

/** What an argument asks for: a tier by its name, or a path inside a tier. */
function runOf(arg: string): Run | undefined {
  const path = arg.replace(/^\.\//, "").replace(/\/$/, "");
  const tier = TIERS.find(({ name }) => path === name || `${path}/`.startsWith(`tests/${name}/`));
  return tier === undefined ? undefined : { ...tier, path: path === tier.name ? `tests/${path}` : path };
}

const USAGE = `deno task test [TIER or path under tests/]…

Tiers, from the fastest to the slowest: ${TIERS.map(({ name }) => name).join(", ")}.
Servers are used where their setting is there: ${SERVERS.map(({ setting }) => setting).join(", ")}.`;
if (Deno.args.includes("--help")) {
  console.log(USAGE);
  Deno.exit(0);
}
const asked = [...new Set(Deno.args.length === 0 ? TIERS.map(({ name }) => name) : Deno.args)];
const wanted = asked.map(runOf).filter((one) => one !== undefined);
const unknown = asked.filter((arg) => runOf(arg) === undefined);
if (unknown.length > 0) {
  console.error(
    `no such tier or path: ${unknown.join(", ")}; wanted a path under tests/, or ${
      TIERS.map(({ name }) => name).join(", ")
    }`,
  );
  Deno.exit(1);
}
const folder = await Deno.makeTempDir();
const total: Count = { passed: 0, failed: 0, skipped: 0 };
for (const one of wanted) {
  console.log(`\n${one.path.replace(/^tests\//, "")}`);
  const { passed, failed, skipped } = await run(one, join(folder, `${one.path.replaceAll("/", "-")}.xml`));
  if (passed + failed === 0) console.error(`${one.path} ran no test`);
  total.passed += passed;
  total.failed += failed + (passed + failed === 0 ? 1 : 0);
  total.skipped += skipped;
}
await Deno.remove(folder, { recursive: true });
const missing = SERVERS.filter(({ setting }) => (Deno.env.get(setting) ?? "") === "");
for (const { setting, server } of missing) {
  console.log(
    `left out: everything on real ${server} (\`deno task servers start\` prints the ${setting} that it needs)`,
  );
}
const lacksChromium = chromiumPath() === undefined;
if (lacksChromium) console.log("left out: the pages in Chromium (Debian's package `chromium` brings it)");
// With CI=true nothing may be left out.
if (Deno.env.get("CI") === "true") total.failed += missing.length + (lacksChromium ? 1 : 0);
console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ""}`);
Deno.exit(total.failed > 0 ? 1 : 0);
