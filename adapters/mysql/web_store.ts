import type { WebStore } from "@/application/stores.ts";
import { consumerStores } from "@/adapters/sql/messaging/consumer_stores.ts";
import { createDeadLetterReader } from "@/adapters/sql/messaging/dead_letters.ts";
import { createFence, createLeases } from "@/adapters/sql/messaging/leases.ts";
import { createIdempotencyKeys } from "@/adapters/sql/messaging/idempotency_keys.ts";
import { createInbox } from "@/adapters/sql/messaging/inbox.ts";
import { createOutbox, createOutboxQueue } from "@/adapters/sql/messaging/outbox.ts";
import { activityStores, createReaderList } from "./activity_stores.ts";
import { createBookSearch, createBookShelf } from "./book_shelf.ts";
import { createBooks } from "./books.ts";
import type { DatabaseDeps } from "./database.ts";
import { LEASE_EPOCHS, LETTER_SCHEMAS, MESSAGING_SCHEMA } from "./messaging_schema.ts";
import { MOVE_NOTE_SCHEMA, openServiceDatabase } from "@/adapters/mysql/move/notes.ts";
import {
  ACT_ID_AGE,
  IDEMPOTENCY_SCHEMA,
  INBOX_AGE,
  OUTBOX_ADDED,
  OUTBOX_SHARDS,
  REMOVED_BOOK,
  WEB_SCHEMA,
} from "./web_schema.ts";

export const WEB_MIGRATIONS: string[][] = [
  [...MESSAGING_SCHEMA, ...WEB_SCHEMA],
  ...LETTER_SCHEMAS,
  [...IDEMPOTENCY_SCHEMA, ...ACT_ID_AGE],
  MOVE_NOTE_SCHEMA,
  OUTBOX_ADDED,
  REMOVED_BOOK,
  LEASE_EPOCHS,
  OUTBOX_SHARDS,
  INBOX_AGE,
];

/** The web service's store in a MySQL or MariaDB database. Rejects when the server does not answer. */
export async function openWebStore(deps: Omit<DatabaseDeps, "migrations">): Promise<WebStore> {
  const database = await openServiceDatabase({ ...deps, migrations: WEB_MIGRATIONS });
  return {
    uow: {
      run: (work) =>
        database.transaction(async (statements) => {
          const books = createBooks(statements);
          const { flush, ...activity } = activityStores(statements, books);
          const value = await work({
            ...consumerStores(statements),
            ...activity,
            books,
            idempotencyKeys: createIdempotencyKeys(statements),
            inbox: createInbox(statements),
            outbox: createOutbox(statements),
            fence: createFence(statements),
          });
          await books.flush();
          await flush();
          return value;
        }),
    },
    shelf: createBookShelf(database.read),
    search: createBookSearch(database.read),
    readerList: createReaderList(database.read),
    outbox: createOutboxQueue(database.read),
    leases: createLeases(database),
    letters: createDeadLetterReader(database.read),
    changes: database.changes,
    ping: database.ping,
    size: database.size,
    close: database.close,
  };
}
