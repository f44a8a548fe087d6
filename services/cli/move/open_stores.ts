import { countMessages } from "@/adapters/kafka/offsets/watermarks.ts";
import { openMoveTarget } from "@/adapters/mysql/move/target.ts";
import { RECOMMENDATION_MIGRATIONS } from "@/adapters/mysql/stores/recommendation_store.ts";
import { TREND_MIGRATIONS } from "@/adapters/mysql/stores/trend_store.ts";
import { WEB_MIGRATIONS } from "@/adapters/mysql/stores/web_store.ts";
import { openSourceSuite } from "@/adapters/sqlite/move/source.ts";
import type { Logger } from "@/application/ports.ts";
import { ACTIVITY_TOPICS } from "@/application/activity/messages.ts";
import { CATALOG_TOPICS } from "@/application/catalog/messages.ts";
import type { Reader } from "@/application/moving/ports.ts";
import { recommendationProjection } from "@/application/recommendation/projection.ts";
import { trendProjection } from "@/application/trend/projection.ts";
import { filesIn } from "@/services/shared/adapters/embedded.ts";
import { openOrClose } from "@/services/shared/adapters/open_adapters.ts";
import { answeringKafkaLog, kafkaConnection, mysqlConnection } from "@/services/shared/adapters/servers.ts";
import { type Settings, StartFault } from "@/services/settings/settings.ts";
import { commandReader, POLICY_READER } from "@/services/web/app.ts";

/** Every consumer of the suite. */
const READERS: Reader[] = [
  { store: "web", ...commandReader(CATALOG_TOPICS.commands) },
  { store: "web", ...commandReader(ACTIVITY_TOPICS.commands) },
  { store: "web", ...POLICY_READER },
  { store: "trend", name: trendProjection.name, topics: trendProjection.topics },
  { store: "recommendation", name: recommendationProjection.name, topics: recommendationProjection.topics },
];

/** Opens the embedded suite in a folder. Throws a StartFault when there is none. */
export function sourceIn(folder: string) {
  const paths = filesIn(folder);
  for (const path of [paths.web, paths.log]) {
    try {
      Deno.statSync(path);
    } catch {
      throw new StartFault(`DATA_DIR ${folder} holds no embedded suite: ${path} is missing`);
    }
  }
  return openSourceSuite({ paths, readers: READERS });
}

/** Returns the settings of the target. Throws a StartFault when one is missing. */
export function whereto({ KAFKA_BROKERS: brokers, MYSQL_URL: url }: Settings): { brokers: string; url: string } {
  if (brokers !== undefined && url !== undefined) return { brokers, url };
  const missing = [...(brokers === undefined ? ["KAFKA_BROKERS"] : []), ...(url === undefined ? ["MYSQL_URL"] : [])];
  throw new StartFault(`where to move to is not known: set ${missing.join(" and ")}, as the moved suite will have it`);
}

/** Opens the log and the databases of the target and creates missing ones. Throws a StartFault when one does not answer. */
export async function targetOf({ brokers, url }: ReturnType<typeof whereto>, settings: Settings, logger: Logger) {
  const kafka = await openOrClose("the event log of the target", () => answeringKafkaLog(brokers, settings, logger));
  const stores = await openOrClose("the databases of the target", async () => ({
    web: await openMoveTarget({ ...mysqlConnection(url, settings, "web", logger), migrations: WEB_MIGRATIONS }),
    trend: await openMoveTarget({ ...mysqlConnection(url, settings, "trend", logger), migrations: TREND_MIGRATIONS }),
    recommendation: await openMoveTarget({
      ...mysqlConnection(url, settings, "recommendation", logger),
      migrations: RECOMMENDATION_MIGRATIONS,
    }),
  }));
  return {
    stores,
    log: {
      id: kafka.id,
      append: kafka.append,
      sizes: (topics: string[]) => countMessages(kafkaConnection(brokers, settings, logger), topics),
    },
    async close() {
      await kafka.close();
      for (const store of Object.values(stores)) await store.close();
    },
  };
}
