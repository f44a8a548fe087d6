import { createHttpRecommendations } from "@/adapters/http_client/recommendations.ts";
import { createHttpTrends } from "@/adapters/http_client/trends.ts";
import { createMemoryLastGood } from "@/adapters/memory/last_good.ts";
import type { Clock, EventLog, Ids, Log } from "@/application/messaging/ports.ts";
import type { RecommendationStore, TrendStore, WebStore } from "@/application/stores.ts";
import { startRecommendation } from "@/services/recommendation/app.ts";
import { startTrend } from "@/services/trend/app.ts";
import { startWeb } from "@/services/web/app.ts";

export type SuiteParts = {
  stores: { web: WebStore; trend: TrendStore; recommendation: RecommendationStore };
  log: EventLog;
  leastReaders: number;
  adminToken: string;
  clock: Clock;
  ids: Ids;
  logger: Log;
};

/** All three services in one process: the same apps, web asks the other two without a socket. */
export async function startSuite({ stores, log, leastReaders, ...rest }: SuiteParts) {
  const trend = await startTrend({ store: stores.trend, log, leastReaders, role: "all", ...rest });
  const recommendation = await startRecommendation({ store: stores.recommendation, log, role: "all", ...rest });
  const web = await startWeb({
    store: stores.web,
    log,
    trends: createHttpTrends(async (request) => await trend.fetch(request), "http://trend.internal"),
    recommendations: createHttpRecommendations(
      async (request) => await recommendation.fetch(request),
      "http://recommendation.internal",
    ),
    lastGood: createMemoryLastGood(),
    role: "all",
    ...rest,
  });
  return {
    web,
    trend,
    recommendation,
    joined: Promise.all([web.joined, trend.joined, recommendation.joined]),
    async stop() {
      await web.stop();
      await trend.stop();
      await recommendation.stop();
    },
  };
}
