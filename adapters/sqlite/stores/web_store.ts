import type { Clock } from "@/application/ports.ts";
import type { WebStore } from "@/application/storefront/ports.ts";
import { createWebStore } from "@/adapters/sql/web/store.ts";
import { type Migration, openStoreDatabase } from "@/adapters/sqlite/database.ts";
import {
  CONSUMER_POSITION,
  DEAD_LETTER_AGE,
  DEAD_LETTER_SCHEMA,
  EPHEMERAL_MARKS,
  LEASE_EPOCHS,
  MESSAGING_SCHEMA,
} from "./messaging_schema.ts";
import {
  ACT_ID_AGE,
  BOOK_BY_YEAR,
  BOOK_MORE,
  DEPLOYMENT,
  FACET_BY_BOOK,
  FACETS_OF_BOOK,
  IDEMPOTENCY_SCHEMA,
  INBOX_AGE,
  ISBN,
  OUTBOX_ADDED,
  OUTBOX_PACKS,
  OUTBOX_WAITING,
  outboxShards,
  PACKS_IN_OUTBOX,
  POPULARITY,
  READER_BOOK_BY_BOOK,
  REMOVED_BOOK,
  SEARCH_INDEX,
  UNCOUNTED,
  WEB_SCHEMA,
  WORKS,
} from "./web_schema.ts";

export const WEB_MIGRATIONS: Migration[] = [
  MESSAGING_SCHEMA + WEB_SCHEMA,
  DEAD_LETTER_SCHEMA,
  IDEMPOTENCY_SCHEMA + ACT_ID_AGE,
  OUTBOX_ADDED,
  REMOVED_BOOK,
  LEASE_EPOCHS,
  outboxShards,
  DEAD_LETTER_AGE + INBOX_AGE,
  CONSUMER_POSITION + ISBN,
  READER_BOOK_BY_BOOK,
  DEPLOYMENT + EPHEMERAL_MARKS,
  SEARCH_INDEX,
  BOOK_MORE,
  FACET_BY_BOOK,
  POPULARITY,
  WORKS,
  OUTBOX_PACKS,
  // Works are recognised by any author, so the index is rebuilt once more.
  WORKS,
  FACETS_OF_BOOK,
  PACKS_IN_OUTBOX,
  UNCOUNTED,
  OUTBOX_WAITING,
  BOOK_BY_YEAR,
  // Books are found by their numbers in series.
  WORKS,
  // Books are found by acronyms and by numbers without their zeros.
  WORKS,
];

/** Opens the web service's store in one SQLite file. Throws when the file cannot be opened or written. */
export const openWebStore = (file: { path: string; clock: Clock }): WebStore =>
  createWebStore(openStoreDatabase({ ...file, migrations: WEB_MIGRATIONS }), file.clock);
