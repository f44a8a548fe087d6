import { join } from "node:path";
import { openEventLog } from "@/adapters/sqlite/log/event_log.ts";
import { openRecommendationStore } from "@/adapters/sqlite/stores/recommendation_store.ts";
import { openTrendStore } from "@/adapters/sqlite/stores/trend_store.ts";
import { openWebStore } from "@/adapters/sqlite/stores/web_store.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import type { Logger } from "@/application/ports.ts";
import { dataFolder } from "./data_folder.ts";
import type { Settings } from "@/services/settings/settings.ts";

/** Returns the files of the embedded stores and log. */
export const filesIn = (folder: string) => ({
  web: join(folder, "web.db"),
  trend: join(folder, "trend.db"),
  recommendation: join(folder, "recommendation.db"),
  log: join(folder, "log.db"),
});

/** Returns the embedded adapters: each store and the log in a file of the data folder. */
export function embedded(settings: Settings, logger: Logger) {
  const paths = () => filesIn(dataFolder(settings.DATA_DIR));
  return {
    log: () => openEventLog({ path: paths().log, clock, ids, logger }),
    web: () => openWebStore({ path: paths().web, clock }),
    trend: () => openTrendStore({ path: paths().trend, clock }),
    recommendation: () => openRecommendationStore({ path: paths().recommendation, clock }),
  };
}
