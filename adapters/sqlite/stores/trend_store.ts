import type { Clock } from "@/application/ports.ts";
import type { TrendStore } from "@/application/trend/ports.ts";
import { createTrendStore } from "@/adapters/sql/trend/store.ts";
import type { VoteAgeing } from "@/adapters/sql/trend/vote_ageing.ts";
import { createVotePurge } from "./vote_purge.ts";
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
import { BOOK_REMOVAL, SCORE_CANDIDATES, TREND_PAST, TREND_SCHEMA, VOTE_AGE, VOTE_ORIGIN } from "./trend_schema.ts";

export const TREND_MIGRATIONS: string[] = [
  MESSAGING_SCHEMA + TREND_SCHEMA,
  DEAD_LETTER_SCHEMA,
  LEASE_EPOCHS,
  DEAD_LETTER_AGE + VOTE_AGE,
  PROJECTION_SCHEMA,
  CONSUMER_POSITION,
  VOTE_ORIGIN + EPHEMERAL_MARKS,
  BOOK_REMOVAL,
  TREND_PAST,
  SCORE_CANDIDATES,
];

export const VOTE_AGEING: VoteAgeing = { purge: createVotePurge, noteStored: () => Promise.resolve() };

/** Opens the trend service's store in one SQLite file. Throws when the file cannot be opened. */
export const openTrendStore = (file: { path: string; clock: Clock }): TrendStore =>
  createTrendStore(openStoreDatabase({ ...file, migrations: TREND_MIGRATIONS }), {
    movedAt: () => Promise.resolve(undefined),
    clock: file.clock,
    ageing: VOTE_AGEING,
  });
