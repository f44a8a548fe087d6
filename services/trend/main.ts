import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { createLogger } from "@/adapters/system/logger.ts";
import { defined } from "@/application/defined.ts";
import { operatorToken } from "@/services/data_folder.ts";
import { openAdapters } from "@/services/open_adapters.ts";
import { listen } from "@/services/listen.ts";
import { retentionOf } from "@/services/retention.ts";
import { run } from "@/services/run.ts";
import { StartFault } from "@/services/settings.ts";
import { telemetryOf } from "@/services/telemetry.ts";
import { startTrend } from "./app.ts";

await run(async (settings) => {
  const telemetry = telemetryOf("trend", settings);
  const logger = createLogger("trend", settings.LOG_LEVEL, { trace: telemetry.tracer.current });
  const { ROLE: role } = settings;
  if (role === "relay") throw new StartFault("ROLE=relay: the trend service has no relay, wanted all, api or consumer");
  const adminToken = operatorToken(settings);
  const parts = openAdapters(settings, logger);
  const [store, log] = [await parts.trend(), await parts.log()];
  const http = listen("trend", settings.HOST, settings.TREND_PORT);
  const leastReaders = settings.DEMO === "on" ? 1 : settings.TREND_MIN_READERS;
  const retention = retentionOf(settings);
  const trend = await startTrend({
    store,
    log,
    leastReaders,
    role,
    ...defined({ adminToken }),
    retention,
    clock,
    ids,
    logger,
    telemetry,
  });
  http.serve(trend.fetch);
  return {
    joined: trend.joined,
    greeting: `trend is ready at ${http.url}`,
    async stop() {
      await http.close();
      await trend.stop();
      await log.close();
      await store.close();
    },
  };
});
