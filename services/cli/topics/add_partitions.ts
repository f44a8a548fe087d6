import { addPartitions, describeTopics } from "@/adapters/kafka/topics.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { createLogger } from "@/adapters/system/logger.ts";
import { countOf } from "@/application/shared/text/count_of.ts";
import { withRelaysPaused } from "@/application/messaging/outbox/pause_relays.ts";
import type { EventLog } from "@/application/messaging/wire/event_log.ts";
import { ALL_TOPICS, TOPICS } from "@/application/published/topics.ts";
import { recommendationProjection } from "@/application/recommendation/projection.ts";
import type { RecommendationStore } from "@/application/recommendation/ports.ts";
import type { WebStore } from "@/application/storefront/ports.ts";
import { trendProjection } from "@/application/trend/projection.ts";
import type { TrendStore } from "@/application/trend/ports.ts";
import { wholeNumber } from "@/services/cli/whole_number.ts";
import { settingsOf } from "@/services/shared/process/command_line.ts";
import { openAdapters, openOrClose } from "@/services/shared/adapters/open_adapters.ts";
import { kafkaConnection, topicOptions } from "@/services/shared/adapters/servers.ts";
import { type Settings, StartFault } from "@/services/settings/settings.ts";
import { commandReader, POLICY_READER } from "@/services/web/app.ts";
import { type Reader, unreadBy } from "@/services/cli/unread.ts";

type Options = { wait: string; force?: true; envFile?: string };
type Stores = { web: WebStore; trend: TrendStore; recommendation: RecommendationStore };

const POLL_MS = 500;
/** The consequences of `--force`. */
const BROKEN = "messages of one key that were sent before may be handled after later ones";
const logger = createLogger("topics", "error");

/** Raises a topic's number of partitions and keeps the order of each key's messages. */
export async function addPartitionsTo(name: string, given: string, options: Options): Promise<void> {
  const settings = settingsOf(options);
  if (settings.KAFKA_BROKERS === undefined) {
    throw new StartFault(
      "the embedded log has a fixed number of partitions; on Kafka (KAFKA_BROKERS) they can be added",
    );
  }
  const topic = ownNameOf(name, settings);
  const [count, waitMs] = [wholeNumber(given, "partitions"), 1_000 * wholeNumber(options.wait, "--wait")];
  const kafka = kafkaConnection(settings.KAFKA_BROKERS, settings, logger);
  const describe = () => describeTopics(kafka, ALL_TOPICS, topicOptions(settings));
  needMore(await openOrClose("the event log", describe, "KAFKA_BROKERS"), topic, count);
  if (options.force) {
    await addPartitions(kafka, topic, count);
    return console.log(`${topic} has ${countOf(count, "partition")}; ${BROKEN}`);
  }
  const adapters = openAdapters(settings, logger);
  const stores = {
    web: await adapters.web(),
    trend: await adapters.trend(),
    recommendation: await adapters.recommendation(),
  };
  const log = await adapters.answeringLog();
  try {
    const { leases } = stores.web;
    await withRelaysPaused({ leases, clock, owner: ids.fresh() }, async (stillPaused) => {
      console.error("the relays are paused; events wait in the outbox");
      await untilRead(await readersOf(topic, stores), { log, topic, waitMs });
      await stillPaused();
      await addPartitions(kafka, topic, count);
      await stillPaused();
    });
    console.log(`${topic} has ${countOf(count, "partition")}, and everything before them was read; the relays go on`);
  } finally {
    for (const resource of [log, ...Object.values(stores)]) await resource.close();
  }
}

/** Returns a topic's name without KAFKA_PREFIX. */
const ownNameOf = (name: string, { KAFKA_PREFIX }: Settings): string =>
  ALL_TOPICS.find((own) => KAFKA_PREFIX + own === name) ?? name;

function needMore(topics: { name: string; partitions: number }[], wanted: string, count: number): void {
  const topic = topics.find(({ name }) => name === wanted);
  if (topic === undefined) {
    const names = topics.map(({ name }) => name).join(", ");
    throw new StartFault(
      `no topic of the suite: ${wanted}; there ${topics.length === 0 ? "is none yet" : `are ${names}`}`,
    );
  }
  if (count <= topic.partitions) {
    throw new StartFault(
      `${wanted} has ${countOf(topic.partitions, "partition")}; wanted more than that in all, found ${count}`,
    );
  }
}

/** Returns all consumers of the suite that read the topic, in their live versions. */
async function readersOf(topic: string, { web, trend, recommendation }: Stores): Promise<Reader[]> {
  const own = [commandReader(TOPICS.catalogCommands), commandReader(TOPICS.activityCommands), POLICY_READER];
  const readers: Reader[] = own.filter(({ topics }) => topics.includes(topic))
    .map(({ name, version }) => ({ consumer: name, version, uow: web.uow }));
  if (trendProjection.topics.includes(topic)) {
    const { version } = await trend.live();
    readers.push({ consumer: trendProjection.name, version, uow: trend.at(version).uow });
  }
  if (recommendationProjection.topics.includes(topic)) {
    const { version } = await recommendation.live();
    readers.push({ consumer: recommendationProjection.name, version, uow: recommendation.at(version).uow });
  }
  return readers;
}

/** Waits until all consumers have read the topic to its end. Throws a StartFault with the lag of those that have not. */
async function untilRead(
  readers: Reader[],
  { log, topic, waitMs }: { log: EventLog; topic: string; waitMs: number },
): Promise<void> {
  const until = clock.now() + waitMs;
  for (;;) {
    const unread = await Promise.all(
      readers.map(async (one) => [one.consumer, await unreadBy(one, log, [topic])] as const),
    );
    const behind = unread.filter(([, messages]) => messages > 0);
    if (behind.length === 0) return;
    if (clock.now() >= until) {
      const names = behind.map(([consumer, messages]) => `${consumer} has not read ${countOf(messages, "message")}`)
        .join(", ");
      throw new StartFault(
        `nothing was changed, as ${names} of ${topic}: once that is read, or with a longer --wait, it can be done. ` +
          `With --force it is done at once, and ${BROKEN}`,
      );
    }
    await clock.sleep(POLL_MS);
  }
}
