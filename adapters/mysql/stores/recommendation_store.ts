import type { RecommendationStore } from "@/application/recommendation/ports.ts";
import { createRecommendationStore } from "@/adapters/sql/recommendation/store.ts";
import { MOVE_NOTE_SCHEMA, movedAt, openServiceDatabase } from "@/adapters/mysql/move/notes.ts";
import type { DatabaseDeps } from "@/adapters/mysql/database.ts";
import {
  DEAD_LETTER_SCHEMAS,
  EPHEMERAL_MARKS,
  LEASE_EPOCHS,
  MESSAGING_SCHEMA,
  PROJECTION_SCHEMA,
} from "@/adapters/mysql/messaging_schema.ts";
import {
  BOOK_WORK,
  LATELY_LIST,
  LIST_CHANGES,
  LIST_WRITES,
  RECOMMENDATION_SCHEMA,
  REFRESH_ALL_LISTS,
  VERSION_SETTINGS,
} from "./recommendation_schema.ts";

export const RECOMMENDATION_MIGRATIONS: string[][] = [
  [...MESSAGING_SCHEMA, ...RECOMMENDATION_SCHEMA],
  ...DEAD_LETTER_SCHEMAS,
  MOVE_NOTE_SCHEMA,
  LEASE_EPOCHS,
  PROJECTION_SCHEMA,
  EPHEMERAL_MARKS,
  REFRESH_ALL_LISTS,
  BOOK_WORK,
  [...REFRESH_ALL_LISTS, ...LATELY_LIST],
  VERSION_SETTINGS,
  LIST_WRITES,
  LIST_CHANGES,
  REFRESH_ALL_LISTS,
  REFRESH_ALL_LISTS,
];

/** Opens the recommendation service's store in a MySQL or MariaDB database. Rejects when the server does not answer. */
export async function openRecommendationStore(deps: Omit<DatabaseDeps, "migrations">): Promise<RecommendationStore> {
  const database = await openServiceDatabase({ ...deps, migrations: RECOMMENDATION_MIGRATIONS });
  return createRecommendationStore(database, { movedAt: () => movedAt(database.read) });
}
