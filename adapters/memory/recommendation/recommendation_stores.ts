import type { Interaction, ReaderSearch } from "@/domain/recommendation/interaction.ts";
import type {
  ChangeMark,
  ChangeMarks,
  EngineStores,
  Interactions,
  KnownBook,
  NeighbourList,
  RecommendationStores,
} from "@/application/recommendation/ports.ts";
import { newerBook } from "@/application/recommendation/newer_book.ts";
import { keyOf, type MemoryDatabase, type Table } from "@/adapters/memory/messaging/database.ts";

/** The tables of one projection version. */
export const createRecommendationTables = (database: MemoryDatabase) => ({
  interactions: database.table<Interaction>(),
  searches: database.table<ReaderSearch>(),
  books: database.table<KnownBook>(),
  lists: database.table<NeighbourList>(),
  marks: database.table<ChangeMark>(),
  /** How often books and lists were written. */
  writes: database.table<number>(),
  /** The books of each write of lists. */
  listsWritten: database.table<string[]>(),
});
export type RecommendationTables = ReturnType<typeof createRecommendationTables>;

/** What transactions of the projection and of the engine write. `nextMark`: the next unused mark. */
export const memoryRecommendationStores = (
  { interactions, searches, books, lists, marks, writes, listsWritten }: RecommendationTables,
  nextMark: () => string,
): Pick<RecommendationStores & EngineStores, "interactions" | "books" | "changed" | "lists"> => ({
  interactions: memoryInteractions(interactions, searches),
  books: {
    put(added) {
      if (added.length > 0) countWrite(writes, "books");
      for (const book of added) books.set(book.id, newerBook(books.get(book.id), book));
      return Promise.resolve();
    },
  },
  changed: memoryMarks(marks, nextMark),
  lists: {
    put(added) {
      if (added.length > 0) {
        countWrite(writes, "lists");
        listsWritten.set(String(writes.get("lists")), added.map(({ book }) => book));
      }
      for (const list of added) lists.set(list.book, list);
      return Promise.resolve();
    },
  },
});

const countWrite = (writes: Table<number>, what: "books" | "lists"): void =>
  writes.set(what, (writes.get(what) ?? 0) + 1);

function memoryInteractions(rows: Table<Interaction>, searches: Table<ReaderSearch>): Interactions {
  const rowKey = ({ reader, book, kind }: Interaction) => keyOf(reader, book, kind);
  return {
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
    has: (reader) => Promise.resolve([...rows.values(), ...searches.values()].some((row) => row.reader === reader)),
    removeReader(reader) {
      const own = rows.values().filter((row) => row.reader === reader);
      for (const row of own) rows.delete(rowKey(row));
      for (const search of searches.values()) {
        if (search.reader === reader) searches.delete(keyOf(reader, search.normal));
      }
      return Promise.resolve([...new Set(own.map((row) => row.book))]);
    },
  };
}

const memoryMarks = (marks: Table<ChangeMark>, nextMark: () => string): ChangeMarks => ({
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
});
