import type { Clock } from "@/application/ports.ts";
import type { WebStore } from "@/application/stores.ts";
import { activityStores, createReaderList } from "./activity_stores.ts";
import { createBookSearch, createBookShelf } from "./book_shelf.ts";
import { createBooks } from "./books.ts";
import { createIdempotencyKeys, IDEMPOTENCY_SCHEMA } from "./idempotency_keys.ts";
import { ACT_ID_AGE, INBOX_AGE, OUTBOX_ADDED, outboxShards, REMOVED_BOOK, WEB_SCHEMA } from "./web_schema.ts";
import { type Migration, openDatabase } from "./database.ts";
import { createFence, createLeases } from "./leases.ts";
import { LEASE_EPOCHS, LETTER_AGE, LETTER_SCHEMA, MESSAGING_SCHEMA } from "./messaging_schema.ts";
import { createDeadLetterReader } from "./letters.ts";
import { consumerStores } from "./messaging_stores.ts";
import { createInbox, createOutbox, createOutboxQueue } from "./outbox.ts";

export const WEB_MIGRATIONS: Migration[] = [
  MESSAGING_SCHEMA + WEB_SCHEMA,
  LETTER_SCHEMA,
  IDEMPOTENCY_SCHEMA + ACT_ID_AGE,
  OUTBOX_ADDED,
  REMOVED_BOOK,
  LEASE_EPOCHS,
  outboxShards,
  LETTER_AGE + INBOX_AGE,
];

/** The web service's store in one SQLite file. Throws when the file cannot be opened or written. */
export function openWebStore({ path, clock }: { path: string; clock: Clock }): WebStore {
  const database = openDatabase({ path, clock, migrations: WEB_MIGRATIONS });
  return {
    uow: {
      run: (work) =>
        database.transaction((statements) =>
          work({
            ...consumerStores(statements),
            ...activityStores(statements),
            books: createBooks(statements),
            idempotencyKeys: createIdempotencyKeys(statements),
            inbox: createInbox(statements),
            outbox: createOutbox(statements),
            fence: createFence(statements),
          })
        ),
    },
    shelf: createBookShelf(database.read),
    search: createBookSearch(database.read),
    readerList: createReaderList(database.read),
    outbox: createOutboxQueue(database),
    leases: createLeases(database, clock),
    letters: createDeadLetterReader(database.read),
    changes: database.changes,
    ping: database.ping,
    size: database.size,
    close: database.close,
  };
}
