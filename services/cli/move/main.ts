import { Command } from "commander";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { createLogger } from "@/adapters/system/logger.ts";
import { ALL_TOPICS } from "@/application/published/topics.ts";
import { moveSuite } from "@/application/moving/move_suite.ts";
import { sourceIn, targetOf, whereto } from "./open_stores.ts";
import { formatReport } from "./show.ts";
import { runCommand, settingsOf } from "@/services/shared/process/command_line.ts";
import { throttle } from "@/services/cli/throttle.ts";

type Options = { dryRun?: true; json?: true; envFile?: string };

const HELP = [
  "Moves a suite from the embedded default to Kafka and MySQL (or MariaDB): all rows, and the messages that a consumer has " +
  "not read. DATA_DIR says from where; KAFKA_BROKERS and MYSQL_URL say whereto, as the suite will be started there afterwards.",
  "Stop every process of the suite first: the move holds its files alone, and none can start on them until it has ended. " +
  "The target must be empty. Rows are counted on both sides and must be equal. A move that was interrupted goes on when it " +
  "is run again; until it has ended, no service starts on the target. What is moved stays in DATA_DIR as it was.",
].join("\n\n");

const program = new Command("move")
  .description(HELP)
  .option(
    "--dry-run",
    "check both sides and count (databases and topics are made where they are missing), copy nothing",
  )
  .option("--json", "print the report as JSON")
  .option("--env-file <file>", "settings; the environment wins")
  .action(main);

async function main(options: Options): Promise<void> {
  const settings = settingsOf(options);
  const where = whereto(settings);
  const source = sourceIn(settings.DATA_DIR);
  let target: Awaited<ReturnType<typeof targetOf>> | undefined;
  const say = (what: string, done: number, of: number) => console.error(`${what}: ${done} of ${of}`);
  const progress = options.json ? () => {} : throttle(say, { everyMs: 500 });
  try {
    target = await targetOf(where, settings, createLogger("move", settings.LOG_LEVEL));
    await moveSuite({
      source,
      stores: target.stores,
      log: target.log,
      topics: ALL_TOPICS,
      dryRun: options.dryRun === true,
      now: clock.now,
      progress,
      report: (report) => console.log(options.json ? JSON.stringify(report) : formatReport(report)),
    });
  } finally {
    source.close();
    await target?.close();
  }
}

await runCommand(program);
