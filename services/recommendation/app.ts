import type { Token } from "@/adapters/http/base/security/auth.ts";
import { createRecommendationApi } from "@/adapters/http/api/recommendation/recommendation_api.ts";
import { defined } from "@/application/defined.ts";
import type { RecommendationVersion } from "@/application/recommendation/ports.ts";
import { recommendationProjection } from "@/application/recommendation/projection.ts";
import { recommendationTuning } from "@/application/recommendation/tuning/self_tuning.ts";
import { recommendationCopy } from "@/services/shared/adapters/copies.ts";
import { type ProjectionServiceDeps, startProjectionService } from "@/services/projection_service.ts";

/** The recommendation service: a consumer that keeps rows, an engine that keeps neighbour lists, an API that lists. */
export const startRecommendation = (
  { readersToken, ...deps }: ProjectionServiceDeps<RecommendationVersion> & { readersToken?: Token },
) =>
  startProjectionService(
    recommendationProjection,
    { ...deps, tunable: recommendationTuning(deps) },
    (parts) =>
      createRecommendationApi({ ...parts, copy: recommendationCopy(deps.store), ...defined({ readersToken }) }),
  );
