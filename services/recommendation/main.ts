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
import { startRecommendation } from "./app.ts";

await run(async (settings) => {
  const telemetry = telemetryOf("recommendation", settings);
  const logger = createLogger("recommendation", settings.LOG_LEVEL, { trace: telemetry.tracer.current });
  const { ROLE: role } = settings;
  if (role === "relay") {
    throw new StartFault("ROLE=relay: the recommendation service has no relay, wanted all, api or consumer");
  }
  const adminToken = operatorToken(settings);
  const parts = openAdapters(settings, logger);
  const [store, log] = [await parts.recommendation(), await parts.log()];
  const http = listen("recommendation", settings.HOST, settings.RECOMMENDATION_PORT);
  const recommendation = await startRecommendation({
    store,
    log,
    role,
    retention: retentionOf(settings),
    ...defined({ adminToken }),
    clock,
    ids,
    logger,
    telemetry,
  });
  http.serve(recommendation.fetch);
  return {
    joined: recommendation.joined,
    greeting: `recommendation is ready at ${http.url}`,
    async stop() {
      await http.close();
      await recommendation.stop();
      await log.close();
      await store.close();
    },
  };
});
