import { newestOf, type Token } from "@/adapters/http/base/security/auth.ts";
import type { HttpOptions } from "@/adapters/http/base/base_app.ts";
import { IN_PROCESS } from "@/adapters/http_client/get_list.ts";
import { createHttpRecommendations } from "@/adapters/http_client/recommendations.ts";
import { createHttpTrends } from "@/adapters/http_client/trends.ts";
import { createMemoryLastGood } from "@/adapters/memory/web/last_good.ts";
import type { IsBlocked } from "@/domain/trend/block_list.ts";
import { defined } from "@/application/defined.ts";
import type { Clock, IdGenerator, Logger } from "@/application/ports.ts";
import type { LeastReaders } from "@/application/trend/lists/list_trends.ts";
import type { EventLog } from "@/application/messaging/wire/event_log.ts";
import type { LogHistory } from "@/application/messaging/rebuild/ports.ts";
import { noTelemetry, type Telemetry } from "@/application/shared/observability/telemetry.ts";
import type { RecommendationStore } from "@/application/recommendation/ports.ts";
import type { TrendStore } from "@/application/trend/ports.ts";
import type { WebStore } from "@/application/storefront/ports.ts";
import { recommendationCopy, trendCopy } from "@/services/shared/adapters/copies.ts";
import type { ProjectionConsumer } from "@/services/projection_consumer.ts";
import type { Retention } from "@/services/retention.ts";
import { startRecommendation } from "@/services/recommendation/app.ts";
import { startTrend } from "@/services/trend/app.ts";
import { startWeb } from "@/services/web/app.ts";
import type { Projection } from "./consumers/thread.ts";

export type ServiceName = "web" | "trend" | "recommendation";

type SuiteDeps = {
  stores: { web: WebStore; trend: TrendStore; recommendation: RecommendationStore };
  log: EventLog & LogHistory;
  /** The consumers of trend and recommendation, when they run in another thread. */
  consumers?: Record<Projection, ProjectionConsumer>;
  leastReaders: LeastReaders;
  adminToken: Token;
  readersToken?: Token;
  readersPerClient?: number;
  isBlocked?: IsBlocked;
  /** The most concurrent streams of trends. */
  streamsMost?: number;
  outboxMost?: number;
  retention?: Retention;
  http?: HttpOptions;
  importFolder?: string;
  clock: Clock;
  ids: IdGenerator;
  logger: Logger;
  /** The logger of each service, by default `logger`. */
  loggers?: (service: ServiceName) => Logger;
  /** The metrics and traces of each service. */
  telemetry?: (service: ServiceName) => Telemetry;
};

/** Starts all three services in one process. Web calls the other two without a socket. */
export async function startSuite(
  { stores, log, consumers, leastReaders, isBlocked, streamsMost, readersPerClient, importFolder, ...more }: SuiteDeps,
) {
  const { telemetry, loggers, ...rest } = more;
  const of = (service: ServiceName) => telemetry?.(service) ?? noTelemetry;
  const telemetries = { web: of("web"), trend: of("trend"), recommendation: of("recommendation") };
  const all = (service: ServiceName) => ({
    ...rest,
    log,
    role: "all" as const,
    logger: loggers?.(service) ?? rest.logger,
    telemetry: telemetries[service],
  });
  const startedElsewhere = (service: Projection) =>
    defined({ startConsumer: consumers && (() => Promise.resolve(consumers[service])) });
  const trend = await startTrend({
    ...all("trend"),
    ...startedElsewhere("trend"),
    store: stores.trend,
    leastReaders,
    ...defined({ isBlocked, streamsMost }),
  });
  const recommendation = await startRecommendation({
    ...all("recommendation"),
    ...startedElsewhere("recommendation"),
    store: stores.recommendation,
  });
  /** Calls another service without a socket, in a span of its own as over HTTP. */
  const askInSpan = (service: { fetch(request: Request): Response | Promise<Response> }) => (request: Request) =>
    telemetries.web.tracer.span(
      () => ({ name: request.method, kind: "client", parent: telemetries.web.tracer.current() }),
      async () => await service.fetch(request),
    );
  const web = await startWeb({
    ...all("web"),
    store: stores.web,
    ...defined({ readersPerClient, importFolder }),
    trends: createHttpTrends(askInSpan(trend), IN_PROCESS),
    recommendations: createHttpRecommendations(askInSpan(recommendation), IN_PROCESS, {
      token: () => newestOf(rest.readersToken ?? rest.adminToken),
    }),
    copies: [trendCopy(stores.trend), recommendationCopy(stores.recommendation)],
    lastGood: createMemoryLastGood(),
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
