import type { WebStore } from "@/application/storefront/ports.ts";
import type { Database } from "@/adapters/sql/database.ts";
import { consumerStores } from "@/adapters/sql/messaging/consumer_stores.ts";
import { createIdempotencyKeys } from "@/adapters/sql/messaging/idempotency_keys.ts";
import { createInbox } from "@/adapters/sql/messaging/inbox.ts";
import { createFence } from "@/adapters/sql/messaging/leases.ts";
import { createOutbox, createOutboxQueue } from "@/adapters/sql/messaging/outbox.ts";
import { followRelays } from "@/adapters/sql/messaging/outbox_rows.ts";
import { createStore } from "@/adapters/sql/messaging/store.ts";
import type { BookSearch } from "@/application/catalog/ports.ts";
import type { Clock } from "@/application/ports.ts";
import { activityStores } from "@/adapters/sql/web/readers/activity_stores.ts";
import { createBookSearch } from "@/adapters/sql/web/search/book_search.ts";
import { createBookShelf } from "./book_shelf.ts";
import { createBooks } from "./books.ts";
import { createDeploymentValues } from "./deployment.ts";
import { createPopularityFold } from "./popularity.ts";
import type { Flush } from "./read_once.ts";
import { createReaderList } from "@/adapters/sql/web/readers/reader_books.ts";
import { createSearchIndex } from "@/adapters/sql/web/search/search_index.ts";
import { followWords, rememberWords } from "@/adapters/sql/web/search/words.ts";

/** The web service's store over its database. */
export function createWebStore(database: Database, clock: Clock): WebStore {
  const words = followWords(database.read, clock);
  const storedWords = rememberWords();
  const readsPacks = followRelays(clock);
  return {
    ...createStore(database),
    uow: {
      async run(work, options) {
        let committed = () => {};
        const value = await database.transaction(async (statements) => {
          const books = createBooks(statements, storedWords);
          committed = books.committed;
          const { flush, ...activity } = activityStores(statements, books);
          const value = await work({
            ...consumerStores(statements),
            ...activity,
            books,
            search: flushed(createBookSearch(statements, words, clock), books),
            idempotencyKeys: createIdempotencyKeys(statements),
            inbox: createInbox(statements),
            outbox: createOutbox(statements, readsPacks),
            fence: createFence(statements),
          });
          await books.flush();
          await flush();
          return value;
        }, options);
        committed();
        return value;
      },
    },
    shelf: createBookShelf(database.read, database.dataVersion),
    search: createBookSearch(database.read, words, clock),
    searchIndex: createSearchIndex(database),
    popularity: createPopularityFold(database),
    readerList: createReaderList(database.read),
    deployment: createDeploymentValues(database),
    outbox: createOutboxQueue(database.read),
  };
}

/** A search that flushes buffered books first, so that it finds what the same transaction has saved. */
const flushed = (search: BookSearch, { flush }: Flush): BookSearch => ({
  counts: (words, most) => flush().then(() => search.counts(words, most)),
  wordsFrom: (start, most) => flush().then(() => search.wordsFrom(start, most)),
  wordsLike: search.wordsLike,
  wordsSounding: search.wordsSounding,
  candidates: (query) => flush().then(() => search.candidates(query)),
  matches: (query) => flush().then(() => search.matches(query)),
  documents: (ids) => flush().then(() => search.documents(ids)),
  // Inside a transaction it does not yield, because others wait for the transaction.
  giveWay: () => Promise.resolve(),
});
