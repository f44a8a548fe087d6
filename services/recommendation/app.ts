import { createRecommendationApi } from "@/adapters/http/api/recommendation_api.ts";
import type { RecommendationVersion } from "@/application/recommendation/ports.ts";
import { recommendationProjection } from "@/application/recommendation/projection.ts";
import { type ProjectionServiceDeps, startProjectionService } from "@/services/projection_service.ts";

/** The recommendation service: a consumer that keeps rows, an engine that keeps neighbour lists, an API that lists. */
export const startRecommendation = (deps: ProjectionServiceDeps<RecommendationVersion>) =>
  startProjectionService(recommendationProjection, deps, createRecommendationApi);
