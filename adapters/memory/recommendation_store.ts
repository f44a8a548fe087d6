import type { Interaction, ReaderSearch } from "@/domain/recommendation/interaction.ts";
import { featuresOf } from "@/domain/recommendation/likeness.ts";
import type {
  Changed,
  EngineStores,
  KnownBook,
  NeighbourList,
  RecommendationStore,
  RecommendationStores,
  RecommendationVersion,
} from "@/application/recommendation/ports.ts";
import { byText, keyOf, MemoryDatabase } from "./database.ts";
import { memoryErasedMarks } from "./erased_marks.ts";
import { memoryConsumerStores, memoryLeases } from "./messaging_stores.ts";
import { pageOf } from "./pages.ts";
import { memoryVersions, perVersion } from "./versions.ts";

const byTurn = (a: Changed & { mark: string }, b: Changed & { mark: string }): number =>
  Number(a.kind === "list") - Number(b.kind === "list") || Number(a.mark) - Number(b.mark);

const tablesIn = (database: MemoryDatabase) => ({
  rows: database.table<Interaction>(),
  searches: database.table<ReaderSearch>(),
  books: database.table<KnownBook>(),
  lists: database.table<NeighbourList>(),
  marks: database.table<Changed & { mark: string }>(),
});
type Tables = ReturnType<typeof tablesIn>;
type Shared = Omit<RecommendationStores & EngineStores, "interactions" | "books" | "changed" | "lists">;

/** The recommendation service's store in memory. `now`: the store's clock, in milliseconds. */
export function createMemoryRecommendationStore(
  { now = () => Date.now() }: { now?: () => number } = {},
): RecommendationStore {
  const database = new MemoryDatabase();
  const consumer = memoryConsumerStores(database);
  const tables = perVersion(() => tablesIn(database));
  const { versions, live } = memoryVersions(database, consumer, tables.all);
  const { leases, fence } = memoryLeases(database, now);
  const shared: Shared = { ...consumer.stores, versions, fence, erased: memoryErasedMarks(database) };
  let last = 0;
  return {
    at: (version) => versionOf(database, tables.of(version), shared, () => String(++last)),
    live,
    movedAt: () => Promise.resolve(undefined),
    leases,
    deadLetters: consumer.letters,
    changes: () => database.changes(),
    ping: () => Promise.resolve(),
    size: () => Promise.resolve(0),
    close: () => Promise.resolve(),
  };
}

function versionOf(
  database: MemoryDatabase,
  { rows, searches, books, lists, marks }: Tables,
  shared: Shared,
  nextMark: () => string,
): RecommendationVersion {
  const rowKey = ({ reader, book, kind }: Interaction) => keyOf(reader, book, kind);

  const stores: RecommendationStores & EngineStores = {
    ...shared,
    interactions: {
      put(added) {
        const changed = added.filter((row) => {
          if (row.time <= (rows.get(rowKey(row))?.time ?? -Infinity)) return false;
          rows.set(rowKey(row), row);
          return true;
        });
        return Promise.resolve([...new Set(changed.map((row) => row.reader))]);
      },
      putSearches(added) {
        for (const search of added) {
          const key = keyOf(search.reader, search.normal);
          if (search.time > (searches.get(key)?.time ?? -Infinity)) searches.set(key, search);
        }
        return Promise.resolve();
      },
      removeReader(reader) {
        const own = rows.values().filter((row) => row.reader === reader);
        for (const row of own) rows.delete(rowKey(row));
        for (const search of searches.values()) {
          if (search.reader === reader) searches.delete(keyOf(reader, search.normal));
        }
        return Promise.resolve([...new Set(own.map((row) => row.book))]);
      },
    },
    books: {
      put(added) {
        for (const book of added) if (book.version > (books.get(book.id)?.version ?? -1)) books.set(book.id, book);
        return Promise.resolve();
      },
    },
    changed: {
      mark(changed) {
        for (const { kind, id } of changed) marks.set(keyOf(kind, id), { kind, id, mark: nextMark() });
        return Promise.resolve();
      },
      clear(taken) {
        for (const { kind, id, mark } of taken) {
          if (marks.get(keyOf(kind, id))?.mark === mark) marks.delete(keyOf(kind, id));
        }
        return Promise.resolve();
      },
    },
    lists: {
      put(added) {
        for (const list of added) lists.set(list.book, list);
        return Promise.resolve();
      },
    },
  };

  const known = () => books.stored.values().filter((book) => !book.removed);
  const readersOf = (id: string) => lists.stored.get(id)?.readers ?? 0;
  return {
    uow: { run: (work) => database.transaction(() => work(stores)) },
    marks: { oldest: (limit) => Promise.resolve(marks.stored.values().sort(byTurn).slice(0, limit)) },
    readers: {
      interactions: (readers) => Promise.resolve(rows.stored.values().filter((row) => readers.includes(row.reader))),
      searches: (reader, limit) => {
        const own = searches.stored.values().filter((search) => search.reader === reader);
        return Promise.resolve(own.sort((a, b) => b.time - a.time || byText(a.normal, b.normal)).slice(0, limit));
      },
      page(after, limit) {
        const rest = rows.stored.values().filter((row) => row.reader > after);
        rest.sort((a, b) => byText(a.reader, b.reader) || byText(a.book, b.book) || byText(a.kind, b.kind));
        const last = rest[limit - 1]?.reader;
        return Promise.resolve(last === undefined ? rest : rest.filter((row) => row.reader <= last));
      },
    },
    books: {
      facts: (ids) =>
        Promise.resolve(
          known().filter((book) => ids.includes(book.id)).map(({ version: _version, removed: _removed, ...facts }) =>
            facts
          ),
        ),
      withFeatures(features, limit) {
        const popular = known().sort((a, b) => b.popularity - a.popularity || byText(a.id, b.id));
        const found = features.flatMap((feature) =>
          popular.filter((book) => featuresOf(book).includes(feature)).slice(0, limit)
        );
        return Promise.resolve([...new Set(found.map((book) => book.id))]);
      },
      neighbours: (ids) => Promise.resolve(lists.stored.values().filter((list) => ids.includes(list.book))),
      popular: (limit) => {
        const sorted = known().sort((a, b) =>
          readersOf(b.id) - readersOf(a.id) || b.popularity - a.popularity || byText(a.id, b.id)
        );
        return Promise.resolve(sorted.slice(0, limit).map(({ id }) => ({ book: id, readers: readersOf(id) })));
      },
    },
    history: {
      interactions: (before, after, limit) =>
        Promise.resolve(
          pageOf(
            rows.stored.values().filter(({ time }) => time < before),
            ({ reader, book, kind }) => [reader, book, kind],
            after,
            limit,
          ),
        ),
      searches: (before, after, limit) =>
        Promise.resolve(
          pageOf(
            searches.stored.values().filter(({ time }) => time < before),
            ({ reader, normal }) => [reader, normal],
            after,
            limit,
          ),
        ),
      books: (after, limit) => Promise.resolve(pageOf(books.stored.values(), ({ id }) => [id], after, limit)),
    },
  };
}
