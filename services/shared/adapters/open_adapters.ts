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

/** The adapters of a service. Each function opens one. */
export type Adapters = {
  /**
   * Opens the log for a service. On Kafka it may answer later, and the service starts without it. `topics`: those to use and to
   * create, by default all.
   */
  log(topics?: string[]): Promise<OpenLog>;
  /** Opens the log for a command. Throws when it does not answer. */
  answeringLog(topics?: string[]): Promise<OpenLog>;
  web(): Promise<WebStore>;
  trend(): Promise<TrendStore>;
  recommendation(): Promise<RecommendationStore>;
};

/**
 * Returns the adapters that the settings choose: the log on Kafka with KAFKA_BROKERS, the stores on MySQL with MYSQL_URL, otherwise
 * in files of the data folder.
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

/** Wraps a log that may answer later. Errors other than an outage become StartFaults, as with any other adapter. */
const awaitLog = (log: OpenLog, logger: Logger): OpenLog =>
  createLazyLog({
    ...log,
    id: () =>
      log.id().catch((error) =>
        Promise.reject(error instanceof Unavailable ? error : notOpened(LOG, error, "KAFKA_BROKERS"))
      ),
  }, { clock, logger });

/** Opens an adapter. Throws a StartFault that names it when it cannot be opened. */
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

/** The setting with a server's address. */
type ServerSetting = "KAFKA_BROKERS" | "MYSQL_URL";

function notOpened(what: string, error: unknown, setting?: ServerSetting | false): StartFault {
  if (error instanceof StartFault) return error;
  const where = setting ? ` (${setting} says where it is)` : "";
  return new StartFault(`${what} cannot be opened: ${messageOf(error)}${where}`);
}
