import type { TrendStore } from "@/application/trend/ports.ts";
import { createTrendStore } from "@/adapters/sql/trend/store.ts";
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
  BOOK_REMOVAL,
  SCORE_CANDIDATES,
  TREND_PAST,
  TREND_SCHEMA,
  VOTE_AGE,
  VOTE_ORIGIN,
  VOTE_WEEKS,
} from "./trend_schema.ts";
import { createVoteWeeks } from "@/adapters/mysql/vote_weeks.ts";
import type { Migration } from "@/adapters/mysql/migrate.ts";

export const TREND_MIGRATIONS: Migration[] = [
  [...MESSAGING_SCHEMA, ...TREND_SCHEMA],
  ...DEAD_LETTER_SCHEMAS,
  MOVE_NOTE_SCHEMA,
  LEASE_EPOCHS,
  VOTE_AGE,
  PROJECTION_SCHEMA,
  [...VOTE_ORIGIN, ...EPHEMERAL_MARKS],
  BOOK_REMOVAL,
  TREND_PAST,
  SCORE_CANDIDATES,
  VOTE_WEEKS,
];

/** Opens the trend service's store in a MySQL or MariaDB database. Rejects when the server does not answer. */
export async function openTrendStore(deps: Omit<DatabaseDeps, "migrations">): Promise<TrendStore> {
  const database = await openServiceDatabase({ ...deps, migrations: TREND_MIGRATIONS });
  const { clock } = deps;
  return createTrendStore(database, { movedAt: () => movedAt(database.read), clock, ageing: createVoteWeeks(clock) });
}
