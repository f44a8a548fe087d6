import type { Book } from "@/domain/catalog/book.ts";
import type { ReaderBook } from "@/domain/activity/reader_book.ts";
import type { ActStores } from "@/application/activity/ports.ts";
import type { DeploymentValues, WebStore } from "@/application/storefront/ports.ts";
import { memoryErasedMarks } from "@/adapters/memory/messaging/erased_marks.ts";
import { memoryIdempotencyKeys } from "@/adapters/memory/messaging/idempotency_keys.ts";
import { memoryBooks, memorySearch, memoryShelf } from "./catalog_stores.ts";
import { byText, keyOf, MemoryDatabase, type Table } from "@/adapters/memory/messaging/database.ts";
import { memoryConsumerStores, memoryInbox, memoryLeases } from "@/adapters/memory/messaging/messaging_stores.ts";
import { memoryPopularity } from "./popularity.ts";
import { memoryOutbox } from "@/adapters/memory/messaging/outbox.ts";

/** The web service's store in memory. `now`: the store's clock. */
export function createMemoryWebStore({ now = () => Date.now() }: { now?: () => number } = {}): WebStore {
  const database = new MemoryDatabase();
  const consumer = memoryConsumerStores(database);
  const books = database.table<Book>();
  const readerBooks = database.table<ReaderBook>();
  const acts = database.table<number>();
  const { popularity, fold } = memoryPopularity(database, books, acts);
  const { leases, fence } = memoryLeases(database, now);
  const { outbox, queue } = memoryOutbox(database, now);
  const stores = {
    fence,
    ...consumer.stores,
    ...memoryActStores(database, books, readerBooks),
    popularity,
    search: memorySearch(books, acts),
    books: memoryBooks(books, database.table<number>(), acts),
    idempotencyKeys: memoryIdempotencyKeys(database),
    inbox: memoryInbox(database, now),
    outbox,
  };
  return {
    uow: { run: (work) => database.transaction(() => work(stores)) },
    shelf: memoryShelf(books.stored, acts.stored),
    search: memorySearch(books.stored, acts.stored),
    popularity: fold,
    searchIndex: { remake: () => Promise.resolve(0) },
    readerList: {
      of: (reader, limit) => {
        const rows = readerBooks.stored.values().filter((one) => one.reader === reader);
        return Promise.resolve(rows.sort((a, b) => b.time - a.time || byText(a.book, b.book)).slice(0, limit));
      },
      about: (reader, book) => Promise.resolve(readerBooks.stored.get(keyOf(reader, book))),
      aboutBooks(reader, ids) {
        const rows = [...new Set(ids)].map((book) => readerBooks.stored.get(keyOf(reader, book)));
        return Promise.resolve(rows.filter((row) => row !== undefined));
      },
    },
    deployment: memoryDeployment(),
    outbox: queue,
    leases,
    deadLetters: consumer.letters,
    ...database.asStore(),
  };
}

function memoryDeployment(): DeploymentValues {
  const values = new Map<string, string>();
  return {
    get: (name) => Promise.resolve(values.get(name)),
    agreeOn(name, value) {
      if (!values.has(name)) values.set(name, value);
      return Promise.resolve(values.get(name)!);
    },
  };
}

function memoryActStores(
  database: MemoryDatabase,
  books: Table<Book>,
  readerBooks: Table<ReaderBook>,
): Omit<ActStores, "firstResults" | "popularity"> {
  const actIds = database.table<{ id: string; fingerprint: string; noted: number }>();
  const erased = memoryErasedMarks(database);
  return {
    acts: { lockAndPrefetch: () => Promise.resolve() },
    knownBooks: { has: (ids) => Promise.resolve(new Set(ids.filter((id) => books.get(id) !== undefined))) },
    actIds: {
      note(id, fingerprint, now) {
        const known = actIds.get(id);
        if (known !== undefined) return Promise.resolve(known.fingerprint === fingerprint ? "same" : "other");
        actIds.set(id, { id, fingerprint, noted: now });
        return Promise.resolve("new");
      },
      purge(before, most) {
        const old = actIds.values().filter(({ noted }) => noted < before).slice(0, most);
        for (const { id } of old) actIds.delete(id);
        return Promise.resolve(old.length);
      },
    },
    readerBooks: {
      get: (reader, book) => Promise.resolve(readerBooks.get(keyOf(reader, book))),
      put(row) {
        readerBooks.set(keyOf(row.reader, row.book), row);
        return Promise.resolve();
      },
      removeReader: (reader) => Promise.resolve(readerBooks.remove(Infinity, (row) => row.reader === reader)),
      removeBook(book) {
        const rows = readerBooks.values().filter((row) => row.book === book);
        for (const row of rows) readerBooks.delete(keyOf(row.reader, row.book));
        return Promise.resolve(rows.length);
      },
    },
    erased: { ...erased, has: async (reader) => (await erased.has([reader])).has(reader) },
  };
}
