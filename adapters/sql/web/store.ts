import type { WebStore } from "@/application/storefront/ports.ts";
import type { Database } from "@/adapters/sql/database.ts";
import { consumerStores } from "@/adapters/sql/messaging/consumer_stores.ts";
import { createIdempotencyKeys } from "@/adapters/sql/messaging/idempotency_keys.ts";
import { createInbox } from "@/adapters/sql/messaging/inbox.ts";
import { createFence } from "@/adapters/sql/messaging/leases.ts";
import { createOutbox, createOutboxQueue } from "@/adapters/sql/messaging/outbox.ts";
import { createStore } from "@/adapters/sql/messaging/store.ts";
import { activityStores } from "./activity_stores.ts";
import { createBookSearch, createBookShelf } from "./book_shelf.ts";
import { createBooks } from "./books.ts";
import { createDeploymentValues } from "./deployment.ts";
import { createReaderList } from "./reader_books.ts";

/** The web service's store over its database. */
export const createWebStore = (database: Database): WebStore => ({
  ...createStore(database),
  uow: {
    run: (work) =>
      database.transaction(async (statements) => {
        const books = createBooks(statements);
        const { flush, ...activity } = activityStores(statements, books);
        const value = await work({
          ...consumerStores(statements),
          ...activity,
          books,
          // A search finds what the same transaction has saved before.
          search: { candidates: (query) => books.flush().then(() => createBookSearch(statements).candidates(query)) },
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
  deployment: createDeploymentValues(database),
  outbox: createOutboxQueue(database.read),
});
