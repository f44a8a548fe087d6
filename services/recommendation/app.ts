import type { Token } from "@/adapters/http/base/security/auth.ts";
import { createRecommendationApi } from "@/adapters/http/api/recommendation/recommendation_api.ts";
import { defined } from "@/application/defined.ts";
import type { RecommendationVersion } from "@/application/recommendation/ports.ts";
import { recommendationProjection } from "@/application/recommendation/projection.ts";
import { recommendationTuning } from "@/application/recommendation/tuning/self_tuning.ts";
import { recommendationCopy } from "@/services/shared/adapters/copies.ts";
import { type ProjectionConsumerDeps, startProjectionConsumer } from "@/services/projection_consumer.ts";
import { type ProjectionServiceDeps, startProjectionService } from "@/services/projection_service.ts";

/** Starts the consumer that stores acts, and the engine that computes neighbour lists. */
export const startRecommendationConsumer = (deps: ProjectionConsumerDeps<RecommendationVersion>) =>
  startProjectionConsumer(recommendationProjection, { ...deps, tunable: recommendationTuning(deps) });

/** Starts the recommendation service: its consumer and its API. */
export const startRecommendation = (
  { readersToken, ...deps }: ProjectionServiceDeps<RecommendationVersion> & { readersToken?: Token },
) =>
  startProjectionService(
    recommendationProjection,
    { startConsumer: () => startRecommendationConsumer(deps), ...deps },
    (parts) =>
      createRecommendationApi({ ...parts, copy: recommendationCopy(deps.store), ...defined({ readersToken }) }),
  );
