import { openKafkaLog } from "@/adapters/kafka/event_log.ts";
import { openRecommendationStore } from "@/adapters/mysql/stores/recommendation_store.ts";
import { openTrendStore } from "@/adapters/mysql/stores/trend_store.ts";
import { openWebStore } from "@/adapters/mysql/stores/web_store.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { DAY } from "@/domain/hours.ts";
import type { Logger } from "@/application/ports.ts";
import { ALL_TOPICS } from "@/application/published/topics.ts";
import { isMysqlUrl } from "@/services/settings/half_set.ts";
import { secretIn } from "@/services/settings/secrets.ts";
import type { Settings } from "@/services/settings/settings.ts";
import { tlsOf } from "@/services/settings/tls_files.ts";

/** Returns the connection options of the brokers. */
export function kafkaConnection(brokers: string, settings: Settings, logger: Logger) {
  const { KAFKA_SASL: mechanism, KAFKA_USERNAME: username, KAFKA_PASSWORD: first } = settings;
  const password = first === undefined ? undefined : secretIn(settings.KAFKA_PASSWORD_FILE, first);
  return {
    brokers: brokers.split(","),
    clientId: "bookstream",
    prefix: settings.KAFKA_PREFIX,
    ...tlsOf("KAFKA", settings, logger),
    ...(mechanism === undefined || username === undefined || password === undefined
      ? {}
      : { login: { mechanism, username, password } }),
    logger,
    clock,
  };
}

/** Opens the event log on Kafka, which connects on first use and creates missing topics. */
export const kafkaLog = (brokers: string, settings: Settings, logger: Logger, topics: string[] = ALL_TOPICS) =>
  openKafkaLog(kafkaConnection(brokers, settings, logger), { topics, ...topicOptions(settings) });

/** Returns the settings of new topics. */
export const topicOptions = (settings: Settings) => ({
  partitions: settings.KAFKA_PARTITIONS,
  replicas: settings.KAFKA_REPLICAS,
  retentionMs: settings.LOG_DAYS * DAY,
});

/** Opens the event log on Kafka and waits for its first answer. Throws when it does not answer. */
export async function answeringKafkaLog(brokers: string, settings: Settings, logger: Logger, topics?: string[]) {
  const log = kafkaLog(brokers, settings, logger, topics);
  await log.id();
  return log;
}

/** Returns the connection options of a service's database. */
export const mysqlConnection = (
  url: string,
  settings: Settings,
  service: "web" | "trend" | "recommendation",
  logger: Logger,
) => ({
  server: {
    url,
    now: secretIn(settings.MYSQL_URL_FILE, url, {
      passes: isMysqlUrl,
      refuse: () => logger.error("secret-refused", { setting: "MYSQL_URL_FILE", database: service }),
    }),
    ...tlsOf("MYSQL", settings, logger),
  },
  name: settings.MYSQL_PREFIX + service,
  clock,
});

/** Returns the stores on a MySQL or MariaDB server. Missing databases are created. */
export function mysqlStores(url: string, settings: Settings, logger: Logger) {
  const parts = (service: "web" | "trend" | "recommendation") => mysqlConnection(url, settings, service, logger);
  return {
    web: () => openWebStore(parts("web")),
    trend: () => openTrendStore(parts("trend")),
    recommendation: () => openRecommendationStore(parts("recommendation")),
  };
}
