import { join } from "node:path";
import { openEventLog } from "@/adapters/sqlite/event_log.ts";
import { openRecommendationStore } from "@/adapters/sqlite/recommendation_store.ts";
import { openTrendStore } from "@/adapters/sqlite/trend_store.ts";
import { openWebStore } from "@/adapters/sqlite/web_store.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import type { Log } from "@/application/messaging/ports.ts";
import { opened } from "./data_folder.ts";
import { RECOMMENDATION_VERSION } from "./recommendation/app.ts";
import { TREND_VERSION } from "./trend/app.ts";

/** The embedded default: each store and the log in a file of the data folder. */
export const embedded = (folder: string, logger: Log) => ({
  log: () => opened("the event log", () => openEventLog({ path: join(folder, "log.db"), clock, ids, logger })),
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
