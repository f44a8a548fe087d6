import type { EventLog } from "@/application/messaging/wire/event_log.ts";
import type { Logger } from "@/application/ports.ts";
import type { LogHistory } from "@/application/messaging/rebuild/ports.ts";
import type { RecommendationStore } from "@/application/recommendation/ports.ts";
import type { TrendStore } from "@/application/trend/ports.ts";
import type { WebStore } from "@/application/storefront/ports.ts";
import { createLazyLog } from "@/application/messaging/wire/lazy_log.ts";
import { messageOf, Unavailable } from "@/application/faults.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { embedded } from "./embedded.ts";
import { answeringKafkaLog, kafkaLog, mysqlStores } from "./servers.ts";
import { type Settings, StartFault } from "@/services/settings/settings.ts";

export type OpenLog = EventLog & LogHistory & { close(): Promise<void> };

/** What a service opens. Nothing is opened before its function is called. */
export type Adapters = {
  /**
   * For a service, which starts without it when it is on a server: a log that does not answer is awaited. `topics`: those that it
   * uses, and makes where they are missing; all where not said.
   */
  log(topics?: string[]): Promise<OpenLog>;
  /** For a command, which has nothing to do without it. */
  answeringLog(topics?: string[]): Promise<OpenLog>;
  web(): Promise<WebStore>;
  trend(): Promise<TrendStore>;
  recommendation(): Promise<RecommendationStore>;
};

/**
 * The log and the stores that the settings ask for: the log on Kafka where it has brokers, the stores on MySQL where it has a
 * server, else in files of the data folder.
 */
export function openAdapters(settings: Settings, logger: Logger): Adapters {
  const { KAFKA_BROKERS: brokers, MYSQL_URL: server } = settings;
  const files = embedded(settings, logger);
  const stores = server === undefined ? files : mysqlStores(server, settings, logger);
  const where = server !== undefined && "MYSQL_URL";
  return {
    log: (topics) =>
      openOrClose(
        LOG,
        () => brokers === undefined ? files.log() : awaitLog(kafkaLog(brokers, settings, logger, topics), logger),
        brokers !== undefined && "KAFKA_BROKERS",
      ),
    answeringLog: (topics) =>
      openOrClose(
        LOG,
        () => brokers === undefined ? files.log() : answeringKafkaLog(brokers, settings, logger, topics),
        brokers !== undefined && "KAFKA_BROKERS",
      ),
    web: () => openOrClose("the web store", stores.web, where),
    trend: () => openOrClose("the trend store", stores.trend, where),
    recommendation: () => openOrClose("the recommendation store", stores.recommendation, where),
  };
}

const LOG = "the event log";

/** A log that may answer late. Faults other than an outage are reported as those of any other adapter. */
const awaitLog = (log: OpenLog, logger: Logger): OpenLog =>
  createLazyLog({
    ...log,
    id: () =>
      log.id().catch((error) =>
        Promise.reject(error instanceof Unavailable ? error : notOpened(LOG, error, "KAFKA_BROKERS"))
      ),
  }, { clock, logger });

/** Opens an adapter, or says which one could not be opened. */
export async function openOrClose<Part>(
  what: string,
  open: () => Part | Promise<Part>,
  setting?: ServerSetting | false,
): Promise<Part> {
  try {
    return await open();
  } catch (error) {
    throw notOpened(what, error, setting);
  }
}

/** The setting that says where a server is. */
type ServerSetting = "KAFKA_BROKERS" | "MYSQL_URL";

function notOpened(what: string, error: unknown, setting?: ServerSetting | false): StartFault {
  if (error instanceof StartFault) return error;
  const where = setting ? ` (${setting} says where it is)` : "";
  return new StartFault(`${what} cannot be opened: ${messageOf(error)}${where}`);
}
