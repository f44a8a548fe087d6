import { ACTIVITY_TOPICS, activityOrder } from "@/application/activity/messages.ts";
import { CATALOG_TOPICS } from "@/application/catalog/messages.ts";
import { defineProjection, type Projection } from "@/application/messaging/projections/projection.ts";
import { markPurge } from "@/application/messaging/projections/purge_marks.ts";
import { DAY } from "@/domain/hours.ts";
import { TREND_BACKFILLS } from "@/application/trend/counting/backfill.ts";
import type { TrendVersion } from "./ports.ts";
import { trendEvents } from "./messages.ts";
import { projectTrends } from "@/application/trend/counting/project_trends.ts";
import { queryPurge, rareQueryPurge } from "@/application/trend/counting/purge_queries.ts";
import { votePurge } from "@/application/trend/counting/purge_votes.ts";

/** Names the consumer. */
export const TREND = "trend";

/** What readers do, counted. */
export const trendProjection: Projection<TrendVersion, "votes" | "queries" | "rareQueries" | "marks"> =
  defineProjection({
    name: TREND,
    topics: [CATALOG_TOPICS.events, ACTIVITY_TOPICS.events],
    events: trendEvents,
    order: activityOrder,
    project: projectTrends,
    backfills: TREND_BACKFILLS,
    retention: {
      votes: { everyMs: DAY, purge: ({ uow }) => votePurge(uow) },
      queries: { everyMs: DAY, purge: queryPurge },
      rareQueries: { everyMs: DAY, purge: (version) => rareQueryPurge(version) },
      marks: { everyMs: DAY, purge: ({ uow }) => markPurge(uow) },
    },
  });
