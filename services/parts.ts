import type { EventLog, Log, LogHistory } from "@/application/messaging/ports.ts";
import type { RecommendationStore, TrendStore, WebStore } from "@/application/stores.ts";
import { messageOf } from "@/application/messaging/faults.ts";
import { embedded } from "./embedded.ts";
import { kafkaLog, mysqlStores } from "./servers.ts";
import { type Settings, StartFault } from "./settings.ts";

/** What a service opens; nothing is opened before it is asked for. */
export type Parts = {
  log(): Promise<EventLog & LogHistory & { close(): Promise<void> }>;
  web(): Promise<WebStore>;
  trend(): Promise<TrendStore>;
  recommendation(): Promise<RecommendationStore>;
};

/**
 * The log and the stores that the settings ask for: the log on Kafka where it has brokers, the stores on MySQL where it has a
 * server, else in files of the data folder.
 */
export function partsOf(settings: Settings, logger: Log): Parts {
  const { KAFKA_BROKERS: brokers, MYSQL_URL: server } = settings;
  const files = embedded(settings, logger);
  const stores = server === undefined ? files : mysqlStores(server, settings);
  return {
    log: () => opened("the event log", () => brokers === undefined ? files.log() : kafkaLog(brokers, settings, logger)),
    web: () => opened("the web store", stores.web),
    trend: () => opened("the trend store", stores.trend),
    recommendation: () => opened("the recommendation store", stores.recommendation),
  };
}

/** Opens a part, or says which one could not be opened. */
export async function opened<Part>(what: string, open: () => Part | Promise<Part>): Promise<Part> {
  try {
    return await open();
  } catch (error) {
    throw error instanceof StartFault ? error : new StartFault(`${what} cannot be opened: ${messageOf(error)}`);
  }
}
