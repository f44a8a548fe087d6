import { join } from "node:path";
import { ensureTopics, openKafkaLog } from "@/adapters/kafka/event_log.ts";
import { openEventLog } from "@/adapters/sqlite/event_log.ts";
import { openRecommendationStore } from "@/adapters/sqlite/recommendation_store.ts";
import { openTrendStore } from "@/adapters/sqlite/trend_store.ts";
import { openWebStore } from "@/adapters/sqlite/web_store.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import type { EventLog, Log } from "@/application/messaging/ports.ts";
import { ALL_TOPICS } from "@/application/messaging/topics.ts";
import { opened } from "./data_folder.ts";
import { RECOMMENDATION_VERSION } from "./recommendation/app.ts";
import type { Settings } from "./settings.ts";
import { TREND_VERSION } from "./trend/app.ts";

type LogSettings = Pick<Settings, "KAFKA_BROKERS" | "KAFKA_PREFIX">;
/** Partitions of a topic that is made here. */
const PARTITIONS = 6;

/** The stores and the log that the settings ask for: files of the data folder, and Kafka where it has brokers. */
export const partsOf = (folder: string, settings: LogSettings, logger: Log) => ({
  log: () => opened("the event log", () => openLog(folder, settings, logger)),
  web: () => opened("the web store", () => openWebStore({ path: join(folder, "web.db"), clock })),
  trend: () =>
    opened("the trend store", () => openTrendStore({ path: join(folder, "trend.db"), clock, version: TREND_VERSION })),
  recommendation: () =>
    opened(
      "the recommendation store",
      () =>
        openRecommendationStore({ path: join(folder, "recommendation.db"), clock, version: RECOMMENDATION_VERSION }),
    ),
});

async function openLog(
  folder: string,
  { KAFKA_BROKERS, KAFKA_PREFIX }: LogSettings,
  logger: Log,
): Promise<EventLog & { close(): Promise<void> }> {
  if (KAFKA_BROKERS === undefined) return await openEventLog({ path: join(folder, "log.db"), clock, ids, logger });
  const kafka = { brokers: KAFKA_BROKERS.split(","), clientId: "bookstream", prefix: KAFKA_PREFIX, logger, clock };
  await ensureTopics(kafka, ALL_TOPICS, PARTITIONS);
  return await openKafkaLog(kafka);
}
