import { createTrendApi } from "@/adapters/http/api/trend/trend_api.ts";
import { STREAMS_MOST } from "@/application/trend/lists/trend_feed.ts";
import { type IsBlocked, isPrivate } from "@/domain/trend/block_list.ts";
import type { LeastReaders } from "@/application/trend/lists/list_trends.ts";
import type { TrendStore, TrendVersion } from "@/application/trend/ports.ts";
import { trendProjection } from "@/application/trend/projection.ts";
import { trendTuning } from "@/application/trend/tuning/self_tuning.ts";
import { trendCopy } from "@/services/shared/adapters/copies.ts";
import { type ProjectionConsumerDeps, startProjectionConsumer } from "@/services/projection_consumer.ts";
import { type ProjectionServiceDeps, startProjectionService } from "@/services/projection_service.ts";

type WithStore = { store: TrendStore };
type TrendDeps = Omit<ProjectionServiceDeps<TrendVersion>, "store"> & WithStore & {
  leastReaders: LeastReaders;
  isBlocked?: IsBlocked;
  streamsMost?: number;
};

/** Starts the consumer that counts votes. */
export const startTrendConsumer = (deps: ProjectionConsumerDeps<TrendVersion> & WithStore) =>
  startProjectionConsumer(trendProjection, { ...deps, tunable: trendTuning(deps) });

/** Starts the trend service: its consumer, which counts votes, and its API. */
export const startTrend = (
  { leastReaders, isBlocked = isPrivate, streamsMost = STREAMS_MOST, ...deps }: TrendDeps,
) =>
  startProjectionService(
    trendProjection,
    { startConsumer: () => startTrendConsumer(deps), ...deps },
    (parts) =>
      createTrendApi({
        ...parts,
        store: deps.store,
        copy: trendCopy(deps.store),
        leastReaders,
        isBlocked,
        streamsMost,
      }),
  );
