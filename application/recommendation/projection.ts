import { ACTIVITY_TOPICS, activityOrder } from "@/application/activity/messages.ts";
import { CATALOG_TOPICS } from "@/application/catalog/messages.ts";
import { defineProjection, type Projection } from "@/application/messaging/projections/projection.ts";
import { markPurge } from "@/application/messaging/projections/purge_marks.ts";
import { DAY } from "@/domain/hours.ts";
import { RECOMMENDATION_BACKFILLS } from "./backfill.ts";
import { startEngine } from "@/application/recommendation/engine/engine.ts";
import type { RecommendationVersion } from "./ports.ts";
import { recommendationEvents } from "./messages.ts";
import { projectRecommendations } from "./project_recommendations.ts";

/** The consumer's name. */
export const RECOMMENDATION = "recommendation";

/** Stores what readers do with books, by reader. An engine computes neighbour lists from it. */
export const recommendationProjection: Projection<RecommendationVersion, "marks"> = defineProjection({
  name: RECOMMENDATION,
  topics: [CATALOG_TOPICS.events, ACTIVITY_TOPICS.events],
  events: recommendationEvents,
  order: activityOrder,
  project: projectRecommendations,
  backfills: RECOMMENDATION_BACKFILLS,
  retention: { marks: { everyMs: DAY, purge: ({ uow }) => markPurge(uow) } },
  engine: ({ uow, readers, marks, books, settings }, deps) =>
    startEngine({ uow, readers, marks, books, settings, ...deps }),
});
