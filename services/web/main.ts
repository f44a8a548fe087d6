import { createHttpRecommendations } from "@/adapters/http_client/recommendations.ts";
import { createHttpTrends } from "@/adapters/http_client/trends.ts";
import { createMemoryLastGood } from "@/adapters/memory/last_good.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { createLogger } from "@/adapters/system/logger.ts";
import { adminToken } from "@/services/data_folder.ts";
import { openAdapters } from "@/services/open_adapters.ts";
import { listen } from "@/services/listen.ts";
import { retentionOf } from "@/services/retention.ts";
import { run } from "@/services/run.ts";
import { telemetryOf } from "@/services/telemetry.ts";
import { startWeb } from "./app.ts";

await run(async (settings) => {
  const telemetry = telemetryOf("web", settings);
  const logger = createLogger("web", settings.LOG_LEVEL, { trace: telemetry.tracer.current });
  const { token, file } = adminToken(settings);
  const parts = openAdapters(settings, logger);
  const [store, log] = [await parts.web(), await parts.log()];
  const http = listen("web", settings.HOST, settings.WEB_PORT);
  const trendUrl = settings.TREND_URL ?? `http://${settings.HOST}:${settings.TREND_PORT}`;
  const recommendationUrl = settings.RECOMMENDATION_URL ?? `http://${settings.HOST}:${settings.RECOMMENDATION_PORT}`;
  const web = await startWeb({
    store,
    log,
    trends: createHttpTrends(fetch, trendUrl),
    recommendations: createHttpRecommendations(fetch, recommendationUrl),
    lastGood: createMemoryLastGood(),
    adminToken: token,
    role: settings.ROLE,
    outboxMost: settings.OUTBOX_MOST,
    retention: retentionOf(settings),
    clock,
    ids,
    logger,
    telemetry,
  });
  http.serve(web.fetch);
  return {
    joined: web.joined,
    greeting: `web is ready at ${http.url}${file === undefined ? "" : `, the admin token is in ${file}`}`,
    async stop() {
      await http.close();
      await web.stop();
      await log.close();
      await store.close();
    },
  };
});
