import type { Clock } from "@/application/ports.ts";
import type { WebStore } from "@/application/stores.ts";
import { consumerStores } from "@/adapters/sql/messaging/consumer_stores.ts";
import { createDeadLetterReader } from "@/adapters/sql/messaging/dead_letters.ts";
import { createStatements } from "./statements.ts";
import { createFence, createLeases } from "@/adapters/sql/messaging/leases.ts";
import { createIdempotencyKeys } from "@/adapters/sql/messaging/idempotency_keys.ts";
import { createInbox } from "@/adapters/sql/messaging/inbox.ts";
import { createOutbox, createOutboxQueue } from "@/adapters/sql/messaging/outbox.ts";
import { activityStores, createReaderList } from "./activity_stores.ts";
import { createBookSearch, createBookShelf } from "./book_shelf.ts";
import { createBooks } from "./books.ts";
import {
  ACT_ID_AGE,
  IDEMPOTENCY_SCHEMA,
  INBOX_AGE,
  OUTBOX_ADDED,
  outboxShards,
  REMOVED_BOOK,
  WEB_SCHEMA,
} from "./web_schema.ts";
import { type Migration, openDatabase, storeDatabase } from "./database.ts";
import { CONSUMER_POSITION, LEASE_EPOCHS, LETTER_AGE, LETTER_SCHEMA, MESSAGING_SCHEMA } from "./messaging_schema.ts";

export const WEB_MIGRATIONS: Migration[] = [
  MESSAGING_SCHEMA + WEB_SCHEMA,
  LETTER_SCHEMA,
  IDEMPOTENCY_SCHEMA + ACT_ID_AGE,
  OUTBOX_ADDED,
  REMOVED_BOOK,
  LEASE_EPOCHS,
  outboxShards,
  LETTER_AGE + INBOX_AGE,
  CONSUMER_POSITION,
];

/** The web service's store in one SQLite file. Throws when the file cannot be opened or written. */
export function openWebStore({ path, clock }: { path: string; clock: Clock }): WebStore {
  const file = openDatabase({ path, clock, migrations: WEB_MIGRATIONS });
  const database = storeDatabase(file);
  return {
    uow: {
      run: (work) =>
        file.transaction((sync) => {
          const statements = createStatements(sync, () => {});
          return work({
            ...consumerStores(statements),
            ...activityStores(sync),
            books: createBooks(sync),
            idempotencyKeys: createIdempotencyKeys(statements),
            inbox: createInbox(statements),
            outbox: createOutbox(statements),
            fence: createFence(statements),
          });
        }),
    },
    shelf: createBookShelf(file.read),
    search: createBookSearch(file.read),
    readerList: createReaderList(file.read),
    outbox: createOutboxQueue(database.read),
    leases: createLeases(database),
    letters: createDeadLetterReader(database.read),
    changes: database.changes,
    ping: database.ping,
    size: database.size,
    close: database.close,
  };
}
