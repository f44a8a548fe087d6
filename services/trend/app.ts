import { createTrendApi } from "@/adapters/http/api/trend_api.ts";
import type { TrendVersion } from "@/application/trend/ports.ts";
import { trendProjection } from "@/application/trend/projection.ts";
import { type ProjectionServiceDeps, startProjectionService } from "@/services/projection_service.ts";

type TrendDeps = ProjectionServiceDeps<TrendVersion> & { leastReaders: number };

/** The trend service: a consumer that counts votes, and an API that lists what they say. */
export const startTrend = ({ leastReaders, ...deps }: TrendDeps) =>
  startProjectionService(trendProjection, deps, (parts) => createTrendApi({ ...parts, leastReaders }));
