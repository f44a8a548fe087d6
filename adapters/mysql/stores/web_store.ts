import type { WebStore } from "@/application/storefront/ports.ts";
import { createWebStore } from "@/adapters/sql/web/store.ts";
import { MOVE_NOTE_SCHEMA, openServiceDatabase } from "@/adapters/mysql/move/notes.ts";
import type { DatabaseDeps } from "@/adapters/mysql/database.ts";
import {
  DEAD_LETTER_SCHEMAS,
  EPHEMERAL_MARKS,
  LEASE_EPOCHS,
  MESSAGING_SCHEMA,
} from "@/adapters/mysql/messaging_schema.ts";
import type { Migration } from "@/adapters/mysql/migrate.ts";
import {
  ACT_ID_AGE,
  BOOK_BY_YEAR,
  BOOK_MORE,
  DEPLOYMENT,
  FACET_BY_BOOK,
  FACETS_OF_BOOK,
  IDEMPOTENCY_SCHEMA,
  INBOX_AGE,
  OUTBOX_ADDED,
  OUTBOX_PACKS,
  OUTBOX_SHARDS,
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
  [...MESSAGING_SCHEMA, ...WEB_SCHEMA],
  ...DEAD_LETTER_SCHEMAS,
  [...IDEMPOTENCY_SCHEMA, ...ACT_ID_AGE],
  MOVE_NOTE_SCHEMA,
  OUTBOX_ADDED,
  REMOVED_BOOK,
  LEASE_EPOCHS,
  OUTBOX_SHARDS,
  INBOX_AGE,
  READER_BOOK_BY_BOOK,
  [...DEPLOYMENT, ...EPHEMERAL_MARKS],
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
  BOOK_BY_YEAR,
  // Books are found by their numbers in series.
  WORKS,
  // Books are found by acronyms and by numbers without their zeros.
  WORKS,
];

/** Opens the web service's store in a MySQL or MariaDB database. Rejects when the server does not answer. */
export const openWebStore = async (deps: Omit<DatabaseDeps, "migrations">): Promise<WebStore> =>
  createWebStore(await openServiceDatabase({ ...deps, migrations: WEB_MIGRATIONS }), deps.clock);
