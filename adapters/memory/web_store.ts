import type { Book } from "@/domain/catalog/book.ts";
import type { ReaderBook } from "@/domain/activity/reader_book.ts";
import type { ActStores } from "@/application/activity/ports.ts";
import type { WebStore } from "@/application/storefront/ports.ts";
import type { Outgoing } from "@/application/messaging/wire/event_log.ts";
import { shardOf } from "@/application/messaging/outbox/shards.ts";
import { memoryIdempotencyKeys } from "./idempotency_keys.ts";
import { memoryBooks, memorySearch, memoryShelf } from "./catalog_stores.ts";
import { byText, keyOf, MemoryDatabase, type Table } from "./database.ts";
import { memoryConsumerStores, memoryLeases } from "./messaging_stores.ts";

/** The web service's store in memory. `now`: the store's clock, in milliseconds. */
export function createMemoryWebStore({ now = () => Date.now() }: { now?: () => number } = {}): WebStore {
  const database = new MemoryDatabase();
  const consumer = memoryConsumerStores(database);
  const books = database.table<Book>();
  const readerBooks = database.table<ReaderBook>();
  const outbox = database.table<Row>();
  const inbox = database.table<number>();
  const { leases, fence } = memoryLeases(database, now);
  let row = 0;
  const stores = {
    fence,
    ...consumer.stores,
    ...memoryActStores(database, books, readerBooks),
    search: memorySearch(books),
    books: memoryBooks(books, database.table<number>()),
    idempotencyKeys: memoryIdempotencyKeys(database),
    inbox: {
      addNew(consumer: string, ids: string[]) {
        const unseen = new Set(ids.filter((id) => inbox.get(keyOf(consumer, id)) === undefined));
        for (const id of unseen) inbox.set(keyOf(consumer, id), now());
        return Promise.resolve(unseen);
      },
      purge(before: number, most: number) {
        const old = inbox.entries().filter(([, noted]) => noted < before).slice(0, most);
        for (const [key] of old) inbox.delete(key);
        return Promise.resolve(old.length);
      },
    },
    outbox: {
      add(messages: Outgoing[]) {
        for (const message of messages) outbox.set(String(++row), { row: String(row), message, added: now() });
        return Promise.resolve();
      },
      remove(rows: string[]) {
        for (const one of rows) outbox.delete(one);
        return Promise.resolve();
      },
    },
  };
  return {
    uow: { run: (work) => database.transaction(() => work(stores)) },
    shelf: memoryShelf(books.stored),
    search: memorySearch(books.stored),
    readerList: {
      of: (reader, limit) => {
        const rows = readerBooks.stored.values().filter((one) => one.reader === reader);
        return Promise.resolve(rows.sort((a, b) => b.time - a.time || byText(a.book, b.book)).slice(0, limit));
      },
      about: (reader, book) => Promise.resolve(readerBooks.stored.get(keyOf(reader, book))),
    },
    outbox: {
      read(shards, most) {
        const own = inOrder(outbox).filter(({ message }) => shards.includes(shardOf(message.key))).slice(0, most.rows);
        let bytes = 0;
        const fits = (message: Outgoing) => (bytes += sizeOf(message)) <= most.bytes;
        return Promise.resolve(own.filter(({ message }, at) => fits(message) || at === 0));
      },
      size: () => Promise.resolve(outbox.stored.values().length),
      atMost() {
        const [first] = inOrder(outbox);
        return Promise.resolve(first === undefined ? 0 : row - Number(first.row) + 1);
      },
      ageMs() {
        const [oldest] = inOrder(outbox);
        return Promise.resolve(oldest === undefined ? undefined : now() - oldest.added);
      },
    },
    leases,
    deadLetters: consumer.letters,
    changes: () => database.changes(),
    ping: () => Promise.resolve(),
    size: () => Promise.resolve(0),
    close: () => Promise.resolve(),
  };
}

type Row = { row: string; message: Outgoing; added: number };
const inOrder = (outbox: Table<Row>): Row[] => outbox.stored.values().sort((a, b) => Number(a.row) - Number(b.row));
const sizeOf = ({ headers, value }: Outgoing): number => JSON.stringify(headers).length + (value?.byteLength ?? 0);

function memoryActStores(
  database: MemoryDatabase,
  books: Table<Book>,
  readerBooks: Table<ReaderBook>,
): Omit<ActStores, "firstResults"> {
  const actIds = database.table<{ id: string; fingerprint: string; noted: number }>();
  const erased = database.table<number>();
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
      removeReader(reader) {
        for (const row of readerBooks.values()) {
          if (row.reader === reader) readerBooks.delete(keyOf(row.reader, row.book));
        }
        return Promise.resolve();
      },
    },
    erased: {
      has: (reader) => Promise.resolve(erased.get(reader) !== undefined),
      add(reader, time) {
        if (erased.get(reader) === undefined) erased.set(reader, time);
        return Promise.resolve();
      },
    },
  };
}
