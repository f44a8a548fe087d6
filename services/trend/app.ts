import { createTrendApi } from "@/adapters/http/api/trend_api.ts";
import { DAY } from "@/domain/hours.ts";
import { ACTIVITY_TOPICS, activityOrder } from "@/application/activity/messages.ts";
import { startConsumer } from "@/application/messaging/consuming/consumer.ts";
import { followedConsumer, followLive } from "@/application/messaging/rebuild/follow_live.ts";
import type { Clock, IdGenerator, Logger } from "@/application/ports.ts";
import type { EventLog } from "@/application/messaging/wire/event_log.ts";
import type { LogHistory } from "@/application/messaging/rebuild/ports.ts";
import { type RetentionRule, startPurge } from "@/application/messaging/retention/purge.ts";
import { createRebuilds, type Rebuilds, type RebuildsDeps } from "@/application/messaging/rebuild/jobs.ts";
import type { Sinks } from "@/application/messaging/dead_letters/desk.ts";
import { createProjectionSink } from "@/application/messaging/consuming/projection_sink.ts";
import type { Sink } from "@/application/messaging/consuming/sink.ts";
import { CATALOG_TOPICS } from "@/application/catalog/messages.ts";
import { cacheLiveVersion, oldVersionRetention } from "@/application/messaging/rebuild/versions.ts";
import type { TrendStore, TrendVersion } from "@/application/stores.ts";
import { TREND_BACKFILLS } from "@/application/trend/backfill.ts";
import { trendEvents } from "@/application/trend/messages.ts";
import { projectTrends, TREND, type TrendStores } from "@/application/trend/projection.ts";
import { votePurge } from "@/application/trend/purge_votes.ts";
import { noTelemetry, type Telemetry } from "@/application/telemetry.ts";
import { watchService } from "@/services/gauges.ts";
import { consumerPart, logPart, readiness, storePart } from "@/services/readiness.ts";
import { deadLetterRetention, RETENTION, type Retention } from "@/services/retention.ts";

/** The consumer's name, and what it reads. */
export const TREND_READER = {
  name: TREND,
  topics: [CATALOG_TOPICS.events, ACTIVITY_TOPICS.events] as string[],
};

export type TrendDeps = {
  store: TrendStore;
  log: EventLog & LogHistory;
  leastReaders: number;
  role: "all" | "api" | "consumer";
  adminToken?: string;
  retention?: Retention;
  clock: Clock;
  ids: IdGenerator;
  logger: Logger;
  telemetry?: Telemetry;
};

const trendSink = ({ uow }: TrendVersion): Sink<TrendStores> =>
  createProjectionSink({ events: trendEvents, order: activityOrder, uow, apply: projectTrends });

/** The sinks of the trend service's consumers, by their names, and by version. */
export const trendSinks = (store: TrendStore): Sinks => ({ [TREND]: (version) => trendSink(store.at(version)) });

type Tools = Pick<TrendDeps, "store" | "log" | "clock" | "ids" | "logger">;

/** What a rebuild of the trends is made of. */
export const trendRebuild = (tools: Tools): RebuildsDeps<TrendVersion> => ({
  ...tools,
  consumer: TREND,
  topics: TREND_READER.topics,
  sink: trendSink,
  backfills: TREND_BACKFILLS,
});

/** Rebuilds of the trends by this process. */
export const trendRebuilds = (tools: Tools): Rebuilds => createRebuilds(trendRebuild(tools));

/** What the trend service's store keeps for a time only. */
const keptFor = (store: TrendStore, version: number, retention: Retention): RetentionRule[] => [
  { name: "votes", kept: retention.votes * DAY, every: DAY, remove: votePurge(store.at(version).uow) },
  deadLetterRetention(store.at(version).uow, retention),
  oldVersionRetention(store),
];

/** The trend service: a consumer that counts votes, and an API that lists what they say. */
export async function startTrend({ store, log, role, retention = RETENTION, clock, ids, logger, ...rest }: TrendDeps) {
  const { telemetry = noTelemetry } = rest;
  const owner = ids.fresh();
  /** The consumer of a version, and the purge of what it keeps for a time only. */
  async function start(version: number) {
    const consumer = await startConsumer({
      ...{ ...TREND_READER, version, log, uow: store.at(version).uow, sink: trendSink(store.at(version)) },
      ...{ clock, logger, owner, telemetry },
    });
    const purge = startPurge({ kinds: keptFor(store, version, retention), leases: store.leases, clock, logger, owner });
    return {
      consumer,
      async stop() {
        await consumer.stop();
        await purge.stop();
      },
    };
  }
  const following = role === "api"
    ? undefined
    : await followLive({ consumer: TREND, live: store.live, start, clock, logger });
  const consumer = following && followedConsumer(() => following.current().consumer);
  const rebuilds = trendRebuilds({ store, log, clock, ids, logger });
  const checks = {
    store: storePart(store),
    ...(consumer === undefined ? {} : { log: logPart(log, clock), consumer: consumerPart(consumer, clock) }),
  };
  const ready = (verbose = false) => readiness(checks, clock, verbose);
  const consumers = consumer === undefined ? [] : [consumer];
  watchService(telemetry.meter, { ready, letters: store.letters, consumers });
  const sinks = trendSinks(store);
  const live = cacheLiveVersion(store.live, clock);
  const api = createTrendApi({ store, live, sinks, rebuilds, clock, ids, logger, ready, ...rest });
  return {
    joined: Promise.resolve(consumer?.joined),
    /** Messages that the consumer has handled since it started. */
    handled: () => consumer?.state().handled ?? 0,
    fetch: (request: Request) => api.fetch(request),
    ready,
    async stop() {
      await rebuilds.stop();
      await following?.stop();
    },
  };
}
