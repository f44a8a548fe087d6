import { X509Certificate } from "node:crypto";
import { openKafkaLog } from "@/adapters/kafka/event_log.ts";
import { openRecommendationStore } from "@/adapters/mysql/recommendation_store.ts";
import { openTrendStore } from "@/adapters/mysql/trend_store.ts";
import { openWebStore } from "@/adapters/mysql/web_store.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { DAY } from "@/domain/hours.ts";
import type { Logger } from "@/application/ports.ts";
import { ALL_TOPICS } from "@/application/published/topics.ts";
import { isMysqlUrl } from "./half_set.ts";
import { secretIn } from "./secrets.ts";
import { readText, type Settings, StartFault } from "./settings.ts";

/** TLS as two settings ask for it: off, with public authorities, or with the one in a file. */
const tlsOf = (on: "on" | "off", name: "KAFKA_CA_FILE" | "MYSQL_CA_FILE", file: string | undefined) =>
  on === "off" ? {} : { tls: file === undefined ? {} : { ca: readAuthority(file, name) } };

/** Certificates of authorities. Throws a StartFault for a file without one: TLS would take it for "any public authority". */
function readAuthority(file: string, name: string): string {
  const text = readText(file, name);
  try {
    new X509Certificate(text);
    return text;
  } catch (error) {
    throw new StartFault(`${name}: wanted a certificate in PEM in ${file}: ${(error as Error).message}`);
  }
}

/** How the brokers are spoken to. */
export function kafkaConnection(brokers: string, settings: Settings, logger: Logger) {
  const { KAFKA_SASL: mechanism, KAFKA_USERNAME: username, KAFKA_PASSWORD: first } = settings;
  const password = first === undefined ? undefined : secretIn(settings.KAFKA_PASSWORD_FILE, first);
  return {
    brokers: brokers.split(","),
    clientId: "bookstream",
    prefix: settings.KAFKA_PREFIX,
    ...tlsOf(settings.KAFKA_TLS, "KAFKA_CA_FILE", settings.KAFKA_CA_FILE),
    ...(mechanism === undefined || username === undefined || password === undefined
      ? {}
      : { login: { mechanism, username, password } }),
    logger,
    clock,
  };
}

/** The event log on Kafka, which makes its topics where they are missing. It has not been asked for anything yet. */
export const kafkaLog = (brokers: string, settings: Settings, logger: Logger, topics: string[] = ALL_TOPICS) =>
  openKafkaLog(kafkaConnection(brokers, settings, logger), {
    topics,
    partitions: settings.KAFKA_PARTITIONS,
    replicas: settings.KAFKA_REPLICAS,
    retentionMs: settings.LOG_DAYS * DAY,
  });

/** The event log on Kafka, once it has answered. Throws when it does not. */
export async function answeringKafkaLog(brokers: string, settings: Settings, logger: Logger, topics?: string[]) {
  const log = kafkaLog(brokers, settings, logger, topics);
  await log.id();
  return log;
}

/** Where a service's database is. */
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
    ...tlsOf(settings.MYSQL_TLS, "MYSQL_CA_FILE", settings.MYSQL_CA_FILE),
  },
  name: settings.MYSQL_PREFIX + service,
  clock,
});

/** The stores in databases of a MySQL or MariaDB server, made where they are missing. */
export function mysqlStores(url: string, settings: Settings, logger: Logger) {
  const parts = (service: "web" | "trend" | "recommendation") => mysqlConnection(url, settings, service, logger);
  return {
    web: () => openWebStore(parts("web")),
    trend: () => openTrendStore(parts("trend")),
    recommendation: () => openRecommendationStore(parts("recommendation")),
  };
}
