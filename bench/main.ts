/** `deno task bench [names]`: rates and latencies, each beside its baseline in the same run. `--help` says more. */
import { Command } from "commander";
import { cpus } from "node:os";
import { benchBacklog } from "./backlog.ts";
import { BENCHES, chooseBenches, type Database, DATABASES, type Size } from "./choose.ts";
import { benchBrokers } from "./brokers/run.ts";
import { benchEmbedded } from "./embedded/run.ts";
import { benchImport } from "./import.ts";
import { benchLearn } from "./learn/run.ts";
import { benchLists } from "./lists/run.ts";
import { benchOverload } from "./overload.ts";
import { benchEmbeddedProjections } from "./projection/embedded.ts";
import { benchProjections } from "./projection/on_servers.ts";
import { benchRelay } from "./relay.ts";
import { createReports, type Report } from "./report.ts";
import { brokersOf, serversFor } from "./servers.ts";
import { benchSearch } from "./search/run.ts";
import { benchServices, needsServices } from "./services/run.ts";

type Options = { events: string; books?: string; madeUp: string; acts: string; json?: string };
type ReportOf = (bench: string) => Report;

const HELP = `
Names are benchmarks or databases; \`relay mysql\` is the relay on MySQL. Without one, everything but the backlog runs for which
there are servers (deno task servers start prints their settings).

Benchmarks:
${BENCHES.map(({ name, about, on }) => `  ${name.padEnd(10)}  ${about} (${on.join(", ")})`).join("\n")}

Databases: ${
  DATABASES.join(", ")
} (the suite in one process on SQLite; the services on Kafka and one of the two servers)

To compare two states of the code, measure them in turn, as a machine's speed changes by the minute:
  git worktree add ../before COMMIT
  for turn in 1 2 3; do
    (cd ../before && deno task bench projection mysql --json /tmp/before.jsonl)
    deno task bench projection mysql --json /tmp/after.jsonl
  done
  deno run --allow-read bench/compare.ts /tmp/before.jsonl /tmp/after.jsonl
Servers, sizes and load beside it are the same for both. COMMIT has this --json already, or bench/ of this one is put there.
`;

const program: Command = new Command("deno task bench")
  .description("Rates and latencies, each beside its baseline in the same run.")
  .argument("[names...]", "benchmarks or databases")
  .option("--events <count>", "how many events; projections take twice, the backlog 20 times as many", "50000")
  .option("--books <file>", "a catalogue for the embedded suite and for search, else one is made up")
  .option("--made-up <count>", "how many books are made up for search", "10000")
  .option("--acts <count>", "how many acts are learned, by readers and on books in proportion", "652514")
  .option("--json <file>", "append each figure to a file of JSON Lines")
  .addHelpText("after", HELP)
  .action(main);
await program.parseAsync(Deno.args, { from: "user" });

async function main(names: string[], { events, books, madeUp, acts, json }: Options): Promise<void> {
  for (const [option, count] of Object.entries({ events, "made-up": madeUp, acts })) {
    if (!/^[1-9]\d*$/.test(count)) program.error(`--${option}: wanted a whole number from 1, found ${count}`);
  }
  const numbers = { events: Number(events), madeUp: Number(madeUp), acts: Number(acts) };
  const size: Size = { ...numbers, ...(books === undefined ? {} : { books }) };
  const chosen = chooseBenches(names);
  if (!chosen.ok) program.error(chosen.error);
  console.log(`${cpus().length} cores, ${cpus()[0]?.model}, Deno ${Deno.version.deno}`);
  const reports = createReports(
    { at: new Date().toISOString(), commit: await describeCommit(), events: size.events },
    json,
  );
  for (const [database, wanted] of chosen.value) {
    const report = (bench: string) => reports(bench, database);
    if (database === "embedded") await runEmbedded(wanted, size, report);
    else await runOnServers(database, wanted, size, report);
  }
}

async function runEmbedded(wanted: Set<string>, size: Size, report: ReportOf): Promise<void> {
  const [brokers, alone] = [brokersOf(), ["pipeline", "latency", "routes"].some((name) => wanted.has(name))];
  console.log("\none process, embedded");
  if (alone) await benchEmbedded(wanted, size, report);
  if (wanted.has("search")) await benchSearch("embedded", size, { report: report("search") });
  if (wanted.has("projection")) await benchEmbeddedProjections(2 * size.events, report("projection"));
  if (wanted.has("import")) await benchImport(size, undefined, report("import"));
  if (wanted.has("lists")) await benchLists(report("lists"));
  if (wanted.has("learn")) await benchLearn(report("learn"), size);
  if (wanted.has("overload")) await benchOverload(report("overload"));
  if (wanted.has("brokers")) await benchBrokers(report("brokers"));
  if (!wanted.has("relay")) return;
  if (brokers === "") console.log("left out: the relay from SQLite to Kafka, as there is no KAFKA_BROKERS");
  else await benchRelay({ brokers }, size.events, report("relay"));
}

async function runOnServers(
  database: Exclude<Database, "embedded">,
  wanted: Set<string>,
  size: Size,
  report: ReportOf,
): Promise<void> {
  const servers = serversFor(database);
  if ("missing" in servers) {
    console.log(
      `\nleft out: Kafka and ${database} (deno task servers start prints what is missing: ${
        servers.missing.join(", ")
      })`,
    );
    return;
  }
  console.log(`\nKafka and ${database}`);
  if (wanted.has("search")) await benchSearch(database, size, { server: servers.url, report: report("search") });
  if (needsServices(wanted)) await benchServices(wanted, servers, size, report);
  if (wanted.has("projection")) await benchProjections(servers, 2 * size.events, report("projection"));
  if (wanted.has("relay")) await benchRelay(servers, size.events, report("relay"));
  if (wanted.has("import")) await benchImport(size, servers.url, report("import"));
  if (wanted.has("backlog")) {
    await benchBacklog(servers, { events: 20 * size.events, bareEvents: size.events }, report("backlog"));
  }
}

/** "unknown" where this is no checkout. */
async function describeCommit(): Promise<string> {
  try {
    const { success, stdout } = await new Deno.Command("git", { args: ["describe", "--always", "--dirty"] }).output();
    return success ? new TextDecoder().decode(stdout).trim() : "unknown";
  } catch {
    return "unknown";
  }
}
