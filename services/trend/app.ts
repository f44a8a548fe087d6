import { createTrendApi } from "@/adapters/http/trend_api.ts";
import { activityOrder } from "@/application/activity/messages.ts";
import { startConsumer } from "@/application/messaging/consume.ts";
import type { Clock, EventLog, Ids, Log } from "@/application/messaging/ports.ts";
import { projectionSink, type Sink } from "@/application/messaging/sink.ts";
import { TOPICS } from "@/application/messaging/topics.ts";
import type { TrendStore } from "@/application/stores.ts";
import { projectTrends, trendEvents } from "@/application/trend/projection.ts";
import { noTelemetry, type Telemetry } from "@/application/telemetry.ts";
import { watchService } from "@/services/gauges.ts";
import { consumerPart, logPart, readiness, storePart } from "@/services/readiness.ts";

/** The version of the trend tables that is written and read. */
export const TREND_VERSION = 1;

/** The consumer's name, and what it reads. */
export const TREND_READER = {
  name: "trend",
  version: TREND_VERSION,
  topics: [TOPICS.catalogEvents, TOPICS.activityEvents] as string[],
};

export type TrendParts = {
  store: TrendStore;
  log: EventLog;
  leastReaders: number;
  role: "all" | "api" | "consumer";
  adminToken?: string;
  clock: Clock;
  ids: Ids;
  logger: Log;
  telemetry?: Telemetry;
};

/** The sinks of the trend service's consumers, by their names. */
export const trendSinks = ({ uow }: Pick<TrendStore, "uow">): { trend: Sink } => ({
  trend: projectionSink({ events: trendEvents, order: activityOrder, uow, apply: projectTrends }),
});

/** The trend service: a consumer that counts votes, and an API that lists what they say. */
export async function startTrend({ store, log, role, clock, ids, logger, ...rest }: TrendParts) {
  const sinks = trendSinks(store);
  const { telemetry = noTelemetry } = rest;
  const consumer = role === "api" ? undefined : await startConsumer({
    ...TREND_READER,
    log,
    uow: store.uow,
    sink: sinks.trend,
    clock,
    logger,
    owner: ids.fresh(),
    telemetry,
  });
  const checks = {
    store: storePart(store),
    ...(consumer === undefined ? {} : { log: logPart(log, clock), consumer: consumerPart(consumer, clock) }),
  };
  const ready = (verbose = false) => readiness(checks, clock, verbose);
  const consumers = consumer === undefined ? [] : [consumer];
  watchService(telemetry.meter, { ready, letters: store.letters, consumers });
  const api = createTrendApi({ store, sinks, clock, ids, logger, ready, ...rest });
  return {
    joined: Promise.resolve(consumer?.joined),
    /** Messages that the consumer has handled since it started. */
    handled: () => consumer?.state().handled ?? 0,
    fetch: (request: Request) => api.fetch(request),
    ready,
    stop: async () => await consumer?.stop(),
  };
}
