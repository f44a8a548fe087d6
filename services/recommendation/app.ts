import { createRecommendationApi } from "@/adapters/http/recommendation_api.ts";
import { activityOrder } from "@/application/activity/messages.ts";
import { startConsumer } from "@/application/messaging/consume.ts";
import type { Clock, EventLog, Ids, Log } from "@/application/messaging/ports.ts";
import { projectionSink } from "@/application/messaging/sink.ts";
import { TOPICS } from "@/application/messaging/topics.ts";
import { startEngine } from "@/application/recommendation/engine.ts";
import { projectRecommendations, recommendationEvents } from "@/application/recommendation/projection.ts";
import type { RecommendationStore } from "@/application/stores.ts";
import { consumerPart, readiness, storePart } from "@/services/readiness.ts";

/** The version of the recommendation tables that is written and read. */
export const RECOMMENDATION_VERSION = 1;

export type RecommendationParts = {
  store: RecommendationStore;
  log: EventLog;
  role: "all" | "api" | "consumer";
  clock: Clock;
  ids: Ids;
  logger: Log;
};

/** The recommendation service: a consumer that keeps rows, an engine that keeps neighbour lists, an API that lists. */
export async function startRecommendation({ store, log, role, clock, ids, logger }: RecommendationParts) {
  const owner = ids.fresh();
  const consumer = role === "api" ? undefined : await startConsumer({
    name: "recommendation",
    version: RECOMMENDATION_VERSION,
    topics: [TOPICS.catalogEvents, TOPICS.activityEvents],
    log,
    uow: store.uow,
    sink: projectionSink({
      events: recommendationEvents,
      order: activityOrder,
      uow: store.uow,
      apply: projectRecommendations,
    }),
    clock,
    logger,
    owner,
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
  const ready = () =>
    readiness({
      store: storePart(store),
      ...(consumer === undefined ? {} : { consumer: consumerPart(consumer) }),
      ...(engine === undefined ? {} : { engine: () => ({ ok: engine.state().healthy }) }),
    });
  const api = createRecommendationApi({ store, ids, logger, ready });
  return {
    joined: Promise.resolve(consumer?.joined),
    fetch: (request: Request) => api.fetch(request),
    ready,
    async stop() {
      await consumer?.stop();
      await engine?.stop();
    },
  };
}
