import { createTrendApi } from "@/adapters/http/api/trend_api.ts";
import { type IsBlocked, isPrivate } from "@/domain/trend/block_list.ts";
import type { LeastReaders } from "@/application/trend/list_trends.ts";
import type { TrendVersion } from "@/application/trend/ports.ts";
import { trendProjection } from "@/application/trend/projection.ts";
import { trendCopy } from "@/services/copies.ts";
import { type ProjectionServiceDeps, startProjectionService } from "@/services/projection_service.ts";

type TrendDeps = ProjectionServiceDeps<TrendVersion> & { leastReaders: LeastReaders; isBlocked?: IsBlocked };

/** The trend service: a consumer that counts votes, and an API that lists what they say. */
export const startTrend = ({ leastReaders, isBlocked = isPrivate, ...deps }: TrendDeps) =>
  startProjectionService(
    trendProjection,
    deps,
    (parts) => createTrendApi({ ...parts, copy: trendCopy(deps.store), leastReaders, isBlocked }),
  );
