import type { Clock } from "@/application/ports.ts";
import type { RecommendationStore } from "@/application/recommendation/ports.ts";
import { createRecommendationStore } from "@/adapters/sql/recommendation/store.ts";
import { openStoreDatabase } from "@/adapters/sqlite/database.ts";
import {
  CONSUMER_POSITION,
  DEAD_LETTER_AGE,
  DEAD_LETTER_SCHEMA,
  EPHEMERAL_MARKS,
  LEASE_EPOCHS,
  MESSAGING_SCHEMA,
  PROJECTION_SCHEMA,
} from "./messaging_schema.ts";
import {
  BOOK_WORK,
  LATELY_LIST,
  LIST_CHANGES,
  LIST_WRITES,
  MARK_TIMES,
  NEXT_MARKS,
  RECOMMENDATION_SCHEMA,
  REFRESH_ALL_LISTS,
  VERSION_SETTINGS,
} from "./recommendation_schema.ts";

export const RECOMMENDATION_MIGRATIONS: string[] = [
  MESSAGING_SCHEMA + RECOMMENDATION_SCHEMA,
  DEAD_LETTER_SCHEMA,
  LEASE_EPOCHS,
  DEAD_LETTER_AGE,
  PROJECTION_SCHEMA,
  CONSUMER_POSITION,
  MARK_TIMES,
  EPHEMERAL_MARKS,
  REFRESH_ALL_LISTS,
  BOOK_WORK,
  REFRESH_ALL_LISTS + LATELY_LIST,
  VERSION_SETTINGS,
  LIST_WRITES,
  LIST_CHANGES,
  NEXT_MARKS,
  REFRESH_ALL_LISTS,
  REFRESH_ALL_LISTS,
];

/** Opens the recommendation service's store in one SQLite file. Throws when it cannot be opened. */
export const openRecommendationStore = (file: { path: string; clock: Clock }): RecommendationStore =>
  createRecommendationStore(openStoreDatabase({ ...file, migrations: RECOMMENDATION_MIGRATIONS }), {
    movedAt: () => Promise.resolve(undefined),
  });
