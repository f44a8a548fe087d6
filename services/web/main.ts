import { createHttpRecommendations } from "@/adapters/http_client/recommendations.ts";
import { createHttpTrends } from "@/adapters/http_client/trends.ts";
import { createMemoryLastGood } from "@/adapters/memory/last_good.ts";
import { defined } from "@/application/defined.ts";
import { adminToken } from "@/services/data_folder.ts";
import { runService } from "@/services/run_service.ts";
import { startWeb } from "./app.ts";

await runService({
  name: "web",
  port: (settings) => settings.WEB_PORT,
  configure(settings) {
    const { HOST, TREND_PORT, RECOMMENDATION_PORT, ROLE: role, OUTBOX_MOST: outboxMost } = settings;
    const { READERS_TOKEN: readersToken, READERS_PER_CLIENT: readersPerClient } = settings;
    const token = adminToken(settings);
    const trendUrl = settings.TREND_URL ?? `http://${HOST}:${TREND_PORT}`;
    const recommendationUrl = settings.RECOMMENDATION_URL ?? `http://${HOST}:${RECOMMENDATION_PORT}`;
    return {
      token,
      role,
      outboxMost,
      readersPerClient,
      ...defined({ readersToken }),
      trends: createHttpTrends(fetch, trendUrl),
      recommendations: createHttpRecommendations(fetch, recommendationUrl, { token: readersToken ?? token.token }),
      lastGood: createMemoryLastGood(),
    };
  },
  open: (adapters) => adapters.web(),
  start: ({ token, ...deps }) => startWeb({ ...deps, adminToken: token.token }),
  hint: ({ token: { file } }) => file === undefined ? "" : `, the admin token is in ${file}`,
});
