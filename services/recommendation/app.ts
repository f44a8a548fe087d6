import { createRecommendationApi } from "@/adapters/http/recommendation_api.ts";
import { activityOrder } from "@/application/activity/messages.ts";
import { startConsumer } from "@/application/messaging/consume.ts";
import type { Clock, EventLog, Ids, Log } from "@/application/messaging/ports.ts";
import { startPurge } from "@/application/messaging/purge.ts";
import { projectionSink, type Sink } from "@/application/messaging/sink.ts";
import { TOPICS } from "@/application/messaging/topics.ts";
import { type Engine, startEngine } from "@/application/recommendation/engine.ts";
import { projectRecommendations, recommendationEvents } from "@/application/recommendation/projection.ts";
import type { RecommendationStore } from "@/application/stores.ts";
import { noTelemetry, type Telemetry } from "@/application/telemetry.ts";
import { watchService } from "@/services/gauges.ts";
import { consumerPart, logPart, type Part, readiness, storePart } from "@/services/readiness.ts";
import { keptLetters, RETENTION, type Retention } from "@/services/retention.ts";

/** The version of the recommendation tables that is written and read. */
export const RECOMMENDATION_VERSION = 1;

/** The consumer's name, and what it reads. */
export const RECOMMENDATION_READER = {
  name: "recommendation",
  version: RECOMMENDATION_VERSION,
  topics: [TOPICS.catalogEvents, TOPICS.activityEvents] as string[],
};

export type RecommendationParts = {
  store: RecommendationStore;
  log: EventLog;
  role: "all" | "api" | "consumer";
  adminToken?: string;
  retention?: Retention;
  clock: Clock;
  ids: Ids;
  logger: Log;
  telemetry?: Telemetry;
};

/** The sinks of the recommendation service's consumers, by their names. */
export const recommendationSinks = ({ uow }: Pick<RecommendationStore, "uow">): { recommendation: Sink } => ({
  recommendation: projectionSink({
    events: recommendationEvents,
    order: activityOrder,
    uow,
    apply: projectRecommendations,
  }),
});

/** The recommendation service: a consumer that keeps rows, an engine that keeps neighbour lists, an API that lists. */
export async function startRecommendation(
  { store, log, role, retention = RETENTION, clock, ids, logger, ...rest }: RecommendationParts,
) {
  const sinks = recommendationSinks(store);
  const { telemetry = noTelemetry } = rest;
  const owner = ids.fresh();
  const consumer = role === "api" ? undefined : await startConsumer({
    ...RECOMMENDATION_READER,
    log,
    uow: store.uow,
    sink: sinks.recommendation,
    clock,
    logger,
    owner,
    telemetry,
  });
  const engine = role === "api" ? undefined : startEngine({
    uow: store.uow,
    readers: store.readers,
    leases: store.leases,
    changes: store.changes(),
    clock,
    logger,
    owner,
  });
  const purge = role === "api"
    ? undefined
    : startPurge({ kinds: [keptLetters(store.uow, retention)], leases: store.leases, clock, logger, owner });
  const checks = {
    store: storePart(store),
    ...(consumer === undefined ? {} : { log: logPart(log, clock), consumer: consumerPart(consumer, clock) }),
    ...(engine === undefined ? {} : { engine: () => enginePart(engine) }),
  };
  const ready = (verbose = false) => readiness(checks, clock, verbose);
  const consumers = consumer === undefined ? [] : [consumer];
  watchService(telemetry.meter, { ready, letters: store.letters, consumers });
  const api = createRecommendationApi({ store, sinks, clock, ids, logger, ready, ...rest });
  return {
    joined: Promise.resolve(consumer?.joined),
    /** Messages that the consumer has handled since it started. */
    handled: () => consumer?.state().handled ?? 0,
    fetch: (request: Request) => api.fetch(request),
    ready,
    async stop() {
      await consumer?.stop();
      await Promise.all([engine?.stop(), purge?.stop()]);
    },
  };
}

/** An engine is ready unless it is held; another process may be the one that leads. */
function enginePart(engine: Engine): Part {
  const { healthy, leading, refreshed } = engine.state();
  return { ok: healthy, ...(healthy ? {} : { detail: "holds, see the log line engine-held" }), leading, refreshed };
}
