import { createTrendApi } from "@/adapters/http/trend_api.ts";
import { activityOrder } from "@/application/activity/messages.ts";
import { startConsumer } from "@/application/messaging/consume.ts";
import type { Clock, EventLog, Ids, Log } from "@/application/messaging/ports.ts";
import { type Kept, startPurge } from "@/application/messaging/purge.ts";
import { projectionSink, type Sink } from "@/application/messaging/sink.ts";
import { TOPICS } from "@/application/messaging/topics.ts";
import type { TrendStore } from "@/application/stores.ts";
import { projectTrends, trendEvents } from "@/application/trend/projection.ts";
import { votePurge } from "@/application/trend/purge_votes.ts";
import { noTelemetry, type Telemetry } from "@/application/telemetry.ts";
import { watchService } from "@/services/gauges.ts";
import { consumerPart, logPart, readiness, storePart } from "@/services/readiness.ts";
import { DAY, keptLetters, RETENTION, type Retention } from "@/services/retention.ts";

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
  retention?: Retention;
  clock: Clock;
  ids: Ids;
  logger: Log;
  telemetry?: Telemetry;
};

/** The sinks of the trend service's consumers, by their names. */
export const trendSinks = ({ uow }: Pick<TrendStore, "uow">): { trend: Sink } => ({
  trend: projectionSink({ events: trendEvents, order: activityOrder, uow, apply: projectTrends }),
});

/** What the trend service's store keeps for a time only. */
const keptFor = ({ uow }: TrendStore, retention: Retention): Kept[] => [
  { name: "votes", kept: retention.votes * DAY, every: DAY, remove: votePurge(uow) },
  keptLetters(uow, retention),
];

/** The trend service: a consumer that counts votes, and an API that lists what they say. */
export async function startTrend({ store, log, role, retention = RETENTION, clock, ids, logger, ...rest }: TrendParts) {
  const sinks = trendSinks(store);
  const { telemetry = noTelemetry } = rest;
  const owner = ids.fresh();
  const consumer = role === "api" ? undefined : await startConsumer({
    ...TREND_READER,
    log,
    uow: store.uow,
    sink: sinks.trend,
    clock,
    logger,
    owner,
    telemetry,
  });
  const purge = role === "api"
    ? undefined
    : startPurge({ kinds: keptFor(store, retention), leases: store.leases, clock, logger, owner });
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
    async stop() {
      await consumer?.stop();
      await purge?.stop();
    },
  };
}
