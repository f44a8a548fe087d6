import { trendProjection } from "@/application/trend/projection.ts";
import { operatorToken } from "@/services/shared/adapters/data_folder.ts";
import { blockListOf } from "./block_list.ts";
import { runService } from "@/services/shared/process/run_service.ts";
import { StartFault } from "@/services/settings/settings.ts";
import { startTrend } from "./app.ts";

await runService({
  name: "trend",
  port: (settings) => settings.TREND_PORT,
  configure(settings, logger) {
    const { ROLE: role, DEMO, TREND_MIN_READERS, TREND_STREAMS_MOST: streamsMost } = settings;
    if (role === "relay") {
      throw new StartFault("ROLE=relay: the trend service has no relay, wanted all, api or consumer");
    }
    const leastReaders = DEMO === "on" ? 1 : TREND_MIN_READERS;
    const isBlocked = blockListOf(settings);
    return { role, leastReaders, streamsMost, isBlocked, adminToken: operatorToken(settings, logger) };
  },
  open: (adapters) => adapters.trend(),
  topics: trendProjection.topics,
  start: startTrend,
});
