import { Command } from "commander";
import { DAY } from "@/domain/hours.ts";
import { describeTopics, type TopicState } from "@/adapters/kafka/topics.ts";
import { createLogger } from "@/adapters/system/logger.ts";
import { countOf } from "@/application/shared/text/count_of.ts";
import { ALL_TOPICS } from "@/application/published/topics.ts";
import { runCommand, settingsOf } from "@/services/shared/process/command_line.ts";
import { openAdapters, openOrClose } from "@/services/shared/adapters/open_adapters.ts";
import { kafkaConnection, topicOptions } from "@/services/shared/adapters/servers.ts";
import { type Settings, StartFault } from "@/services/settings/settings.ts";
import { addPartitionsTo } from "./add_partitions.ts";

type ListOptions = { json?: true; envFile?: string };

const logger = createLogger("topics", "error");

const program = new Command("topics")
  .description("Lists the topics of the event log, and gives one more partitions. Works while the suite is running.");
program.command("list", { isDefault: true })
  .description("partitions, replicas and retention of each topic, and what differs from the settings")
  .option("--json", "print JSON")
  .option("--env-file <file>", "settings; the environment wins")
  .allowExcessArguments()
  .action(list);
program.command("add-partitions")
  .description(
    "Gives a topic more partitions, on Kafka. A key's next messages may then be in another partition than those before, so the " +
      "relays are paused, until everything is read and every client knows of the new partitions. Events wait in the outbox meanwhile. " +
      "Partitions are never taken away again.",
  )
  .argument("<topic>", "a topic of the suite, such as bookstream.activity.events")
  .argument("<partitions>", "how many it has then, in all")
  .option("--wait <seconds>", "wait so long for consumers to read what is there", "60")
  .option("--force", "add them at once: messages of one key may then be handled in another order than they were sent")
  .option("--env-file <file>", "settings; the environment wins")
  .action(addPartitionsTo);

async function list(options: ListOptions, { args: [excess] }: Command): Promise<void> {
  if (excess !== undefined) throw new StartFault(`wanted list or add-partitions, found ${excess}`);
  const settings = settingsOf(options);
  const topics =
    await (settings.KAFKA_BROKERS === undefined ? embedded(settings) : onKafka(settings.KAFKA_BROKERS, settings));
  if (options.json) return console.log(JSON.stringify(topics.map(shown)));
  for (const topic of topics) console.log(lineOf(topic, settings));
}

/** The report of a topic. `differences`: the topic's configs that keep less than the suite's settings ask for. */
type TopicReport = Omit<TopicState, "differences"> & { differences: string[] };

async function onKafka(brokers: string, settings: Settings): Promise<TopicReport[]> {
  const kafka = kafkaConnection(brokers, settings, logger);
  const describe = () => describeTopics(kafka, ALL_TOPICS, topicOptions(settings));
  const found = await openOrClose("the event log", describe, "KAFKA_BROKERS");
  return ALL_TOPICS.map((name): TopicReport => {
    const topic = found.find((one) => one.name === name);
    if (topic === undefined) {
      return {
        name,
        partitions: 0,
        replicas: 0,
        retentionMs: undefined,
        differences: ["is missing: the next start makes it"],
      };
    }
    const wanted = settings.KAFKA_PARTITIONS;
    const fewer = topic.partitions < wanted
      ? [`has fewer partitions than KAFKA_PARTITIONS (${wanted}): deno task topics add-partitions ${name} ${wanted}`]
      : [];
    const less = topic.differences.map((one) => `${one.setting}: found ${one.found}, wanted ${one.wanted}`);
    return { ...topic, differences: [...less, ...fewer] };
  });
}

/** Describes the topics of the embedded log, whose number of partitions is fixed. */
async function embedded(settings: Settings): Promise<TopicReport[]> {
  const log = await openAdapters(settings, logger).answeringLog();
  try {
    const byTopic = Map.groupBy(await log.partitions(ALL_TOPICS), ({ topic }) => topic);
    return [...byTopic].map(([name, partitions]) => ({
      name,
      partitions: partitions.length,
      replicas: 1,
      retentionMs: settings.LOG_DAYS * DAY,
      differences: [],
    }));
  } finally {
    await log.close();
  }
}

const shown = ({ name, partitions, replicas, retentionMs, differences }: TopicReport) => ({
  topic: name,
  partitions,
  replicas,
  retention_ms: retentionMs ?? null,
  differences,
});

function lineOf(
  { name, partitions, replicas, retentionMs, differences }: TopicReport,
  { KAFKA_BROKERS }: Settings,
): string {
  const kept = retentionMs === undefined
    ? "retention unknown"
    : retentionMs < 0
    ? "kept for ever"
    : `kept for ${countOf(Number((retentionMs / DAY).toFixed(1)), "day")}`;
  const facts = [
    `${countOf(partitions, "partition")}${KAFKA_BROKERS === undefined ? " (fixed: the embedded log)" : ""}`,
    countOf(replicas, "replica"),
    kept,
  ];
  return [`${name}: ${partitions === 0 ? "not there" : facts.join(", ")}`, ...differences.map((one) => `  ${one}`)]
    .join("\n");
}

await runCommand(program);
Deno.exit(Deno.exitCode);
