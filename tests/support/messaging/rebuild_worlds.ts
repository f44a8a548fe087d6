import { join } from "node:path";
import { createClient } from "@/adapters/kafka/connection/client.ts";
import { openKafkaLog } from "@/adapters/kafka/event_log.ts";
import { ensureTopics } from "@/adapters/kafka/topics.ts";
import { createMemoryLog } from "@/adapters/memory/messaging/event_log.ts";
import { createMemoryRecommendationStore } from "@/adapters/memory/recommendation/recommendation_store.ts";
import { createMemoryTrendStore } from "@/adapters/memory/trend/trend_store.ts";
import { openRecommendationStore as openMysqlRecommendation } from "@/adapters/mysql/stores/recommendation_store.ts";
import { openTrendStore as openMysqlTrend } from "@/adapters/mysql/stores/trend_store.ts";
import { openEventLog } from "@/adapters/sqlite/log/event_log.ts";
import { openRecommendationStore } from "@/adapters/sqlite/stores/recommendation_store.ts";
import { openTrendStore } from "@/adapters/sqlite/stores/trend_store.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import type { EventLog } from "@/application/messaging/wire/event_log.ts";
import type { LogHistory } from "@/application/messaging/rebuild/ports.ts";
import { TOPICS } from "@/application/published/topics.ts";
import type { RecommendationStore } from "@/application/recommendation/ports.ts";
import type { TrendStore } from "@/application/trend/ports.ts";
import { dropDatabases, SERVERS } from "@/tests/support/databases/mysql.ts";
import { silent as logger } from "@/tests/support/samples.ts";

export type RebuildWorld = {
  trend: TrendStore;
  recommendation: RecommendationStore;
  log: EventLog & LogHistory;
  close(): Promise<void>;
};
type NamedWorld = { name: string; make(): Promise<RebuildWorld> };

const brokers = Deno.env.get("KAFKA_BROKERS") ?? "";

const memoryWorld = () =>
  Promise.resolve({
    trend: createMemoryTrendStore(),
    recommendation: createMemoryRecommendationStore(),
    log: createMemoryLog({ now: Date.now }),
    close: () => Promise.resolve(),
  });

async function sqliteWorld(): Promise<RebuildWorld> {
  const folder = await Deno.makeTempDir();
  const path = (name: string) => join(folder, name);
  const log = await openEventLog({ path: path("log.db"), clock, ids, logger });
  const trend = openTrendStore({ path: path("trend.db"), clock });
  const recommendation = openRecommendationStore({ path: path("recommendation.db"), clock });
  return {
    trend,
    recommendation,
    log,
    async close() {
      for (const one of [log, trend, recommendation]) await one.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

async function serversWorld(url: string): Promise<RebuildWorld> {
  const name = `t${crypto.randomUUID().slice(0, 8)}`;
  const kafka = { brokers: brokers.split(","), clientId: "rebuild", prefix: `${name}.`, logger, clock };
  const topics = [TOPICS.catalogEvents, TOPICS.activityEvents];
  await ensureTopics(kafka, topics, { partitions: 4 });
  const log = openKafkaLog(kafka);
  const parts = (of: string) => ({ server: { url }, name: `${name}_${of}`, clock });
  const [trend, recommendation] = [await openMysqlTrend(parts("t")), await openMysqlRecommendation(parts("r"))];
  return {
    trend,
    recommendation,
    log,
    async close() {
      for (const one of [log, trend, recommendation]) await one.close();
      await dropDatabases(url, [`${name}_t`, `${name}_r`]);
      const admin = createClient(kafka).admin();
      await admin.connect();
      await admin.deleteTopics({ topics: topics.map((topic) => kafka.prefix + topic) });
      await admin.disconnect();
    },
  };
}

/** The worlds whose servers this run has. The runner reports the others as left out. */
export const REBUILD_WORLDS: NamedWorld[] = [
  { name: "memory", make: memoryWorld },
  { name: "SQLite", make: sqliteWorld },
  ...(brokers === ""
    ? []
    : SERVERS.map(({ name, url }) => ({ name: `Kafka and ${name}`, make: () => serversWorld(url) }))),
];
