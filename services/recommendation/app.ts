import { createRecommendationApi } from "@/adapters/http/api/recommendation_api.ts";
import { ACTIVITY_TOPICS, activityOrder } from "@/application/activity/messages.ts";
import { startConsumer } from "@/application/messaging/consuming/consumer.ts";
import { followedConsumer, followLive } from "@/application/messaging/rebuild/follow_live.ts";
import type { Clock, IdGenerator, Logger } from "@/application/ports.ts";
import type { EventLog } from "@/application/messaging/wire/event_log.ts";
import type { LogHistory } from "@/application/messaging/rebuild/ports.ts";
import { startPurge } from "@/application/messaging/retention/purge.ts";
import { createRebuilds, type Rebuilds, type RebuildsDeps } from "@/application/messaging/rebuild/jobs.ts";
import type { Sinks } from "@/application/messaging/dead_letters/desk.ts";
import { createProjectionSink } from "@/application/messaging/consuming/projection_sink.ts";
import type { Sink } from "@/application/messaging/consuming/sink.ts";
import { CATALOG_TOPICS } from "@/application/catalog/messages.ts";
import { cacheLiveVersion, oldVersionRetention } from "@/application/messaging/rebuild/versions.ts";
import { type Engine, startEngine } from "@/application/recommendation/engine.ts";
import { RECOMMENDATION_BACKFILLS } from "@/application/recommendation/backfill.ts";
import {
  projectRecommendations,
  RECOMMENDATION,
  type RecommendationStores,
} from "@/application/recommendation/projection.ts";
import { recommendationEvents } from "@/application/recommendation/messages.ts";
import type { RecommendationStore, RecommendationVersion } from "@/application/stores.ts";
import { noTelemetry, type Telemetry } from "@/application/telemetry.ts";
import { watchService } from "@/services/gauges.ts";
import { consumerPart, logPart, type Part, readiness, storePart } from "@/services/readiness.ts";
import { deadLetterRetention, RETENTION, type Retention } from "@/services/retention.ts";

/** The consumer's name, and what it reads. */
export const RECOMMENDATION_READER = {
  name: RECOMMENDATION,
  topics: [CATALOG_TOPICS.events, ACTIVITY_TOPICS.events] as string[],
};

export type RecommendationDeps = {
  store: RecommendationStore;
  log: EventLog & LogHistory;
  role: "all" | "api" | "consumer";
  adminToken?: string;
  retention?: Retention;
  clock: Clock;
  ids: IdGenerator;
  logger: Logger;
  telemetry?: Telemetry;
};

const recommendationSink = ({ uow }: RecommendationVersion): Sink<RecommendationStores> =>
  createProjectionSink({ events: recommendationEvents, order: activityOrder, uow, apply: projectRecommendations });

/** The sinks of the recommendation service's consumers, by their names, and by version. */
export const recommendationSinks = (store: RecommendationStore): Sinks => ({
  [RECOMMENDATION]: (version) => recommendationSink(store.at(version)),
});

type Tools = Pick<RecommendationDeps, "store" | "log" | "clock" | "ids" | "logger">;

/** What a rebuild of the recommendations is made of. A version's neighbour lists are made before readers see it. */
export const recommendationRebuild = (
  { store, log, clock, ids, logger }: Tools,
): RebuildsDeps<RecommendationVersion> => ({
  ...{ consumer: RECOMMENDATION, topics: RECOMMENDATION_READER.topics, store, log, clock, ids, logger },
  sink: recommendationSink,
  backfills: RECOMMENDATION_BACKFILLS,
  complete(into, version) {
    const { leases } = store;
    const engine = startEngine({
      ...{ uow: into.uow, readers: into.readers, marks: into.marks, version, leases, changes: store.changes() },
      ...{ clock, logger, owner: ids.fresh() },
    });
    const idle = async () => (await into.marks.oldest(1)).length === 0;
    return { idle, stop: engine.stop };
  },
});

/** Rebuilds of the recommendations by this process. */
export const recommendationRebuilds = (tools: Tools): Rebuilds => createRebuilds(recommendationRebuild(tools));

/** The recommendation service: a consumer that keeps rows, an engine that keeps neighbour lists, an API that lists. */
export async function startRecommendation(
  { store, log, role, retention = RETENTION, clock, ids, logger, ...rest }: RecommendationDeps,
) {
  const { telemetry = noTelemetry } = rest;
  const owner = ids.fresh();
  const { leases } = store;
  /** Consumer and engine of a version. */
  async function start(version: number) {
    const { uow, readers, marks } = store.at(version);
    const consumer = await startConsumer({
      ...{ name: RECOMMENDATION, version, topics: RECOMMENDATION_READER.topics, log, uow },
      ...{ sink: recommendationSink(store.at(version)), clock, logger, owner, telemetry },
    });
    const changes = store.changes();
    const engine = startEngine({ uow, readers, marks, version, leases, changes, clock, logger, owner });
    return {
      consumer,
      engine,
      async stop() {
        await consumer.stop();
        await engine.stop();
      },
    };
  }
  const following = role === "api"
    ? undefined
    : await followLive({ consumer: RECOMMENDATION, live: store.live, start, clock, logger });
  const consumer = following && followedConsumer(() => following.current().consumer);
  const kinds = [oldVersionRetention(store), deadLetterRetention(store.at(1).uow, retention)];
  const purge = role === "api" ? undefined : startPurge({ kinds, leases, clock, logger, owner });
  const rebuilds = recommendationRebuilds({ store, log, clock, ids, logger });
  const checks = {
    store: storePart(store),
    ...(consumer === undefined ? {} : { log: logPart(log, clock), consumer: consumerPart(consumer, clock) }),
    ...(following === undefined ? {} : { engine: () => enginePart(following.current().engine) }),
  };
  const ready = (verbose = false) => readiness(checks, clock, verbose);
  const consumers = consumer === undefined ? [] : [consumer];
  watchService(telemetry.meter, { ready, letters: store.letters, consumers });
  const sinks = recommendationSinks(store);
  const live = cacheLiveVersion(store.live, clock);
  const api = createRecommendationApi({ store, live, sinks, rebuilds, clock, ids, logger, ready, ...rest });
  return {
    joined: Promise.resolve(consumer?.joined),
    /** Messages that the consumer has handled since it started. */
    handled: () => consumer?.state().handled ?? 0,
    fetch: (request: Request) => api.fetch(request),
    ready,
    async stop() {
      await rebuilds.stop();
      await following?.stop();
      await purge?.stop();
    },
  };
}

/** An engine is ready unless it is held; another process may be the one that leads. */
function enginePart(engine: Engine): Part {
  const { healthy, leading, refreshed } = engine.state();
  return { ok: healthy, ...(healthy ? {} : { detail: "holds, see the log line engine-held" }), leading, refreshed };
}
