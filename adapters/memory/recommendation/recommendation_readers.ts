import { featuresOf } from "@/domain/recommendation/likeness.ts";
import type {
  BookReader,
  ChangeMark,
  InteractionReader,
  KnownBook,
  RecommendationHistory,
  RecommendationVersion,
} from "@/application/recommendation/ports.ts";
import { byText } from "@/adapters/memory/messaging/database.ts";
import { pageOf } from "@/adapters/memory/messaging/keyset.ts";
import type { RecommendationTables } from "./recommendation_stores.ts";

/** What lists are made from, outside any transaction. */
export const memoryRecommendationReaders = (
  tables: RecommendationTables,
): Pick<RecommendationVersion, "marks" | "readers" | "books"> => ({
  marks: { oldest: (limit) => Promise.resolve(tables.marks.stored.values().sort(byTurn).slice(0, limit)) },
  readers: memoryInteractionReader(tables),
  books: memoryBookReader(tables),
});

/** Lists last, else the oldest mark first. */
const byTurn = (a: ChangeMark, b: ChangeMark): number =>
  Number(a.kind === "list") - Number(b.kind === "list") || Number(a.mark) - Number(b.mark);

const memoryInteractionReader = ({ interactions, searches }: RecommendationTables): InteractionReader => ({
  interactions: (readers) =>
    Promise.resolve(interactions.stored.values().filter((row) => readers.includes(row.reader))),
  searches(reader, limit) {
    const own = searches.stored.values().filter((search) => search.reader === reader);
    return Promise.resolve(own.sort((a, b) => b.time - a.time || byText(a.normal, b.normal)).slice(0, limit));
  },
  page(after, limit) {
    const rest = interactions.stored.values().filter((row) => row.reader > after);
    rest.sort((a, b) => byText(a.reader, b.reader) || byText(a.book, b.book) || byText(a.kind, b.kind));
    const last = rest[limit - 1]?.reader;
    return Promise.resolve(last === undefined ? rest : rest.filter((row) => row.reader <= last));
  },
  count: (most) => Promise.resolve(Math.min(most, interactions.stored.values().length)),
});

function memoryBookReader({ books, lists, writes, listsWritten }: RecommendationTables): BookReader {
  const known = () => books.stored.values().filter((book) => !book.removed);
  const readersOf = ({ id }: KnownBook) => lists.stored.get(id)?.readers ?? 0;
  const byPopularity = (a: KnownBook, b: KnownBook) => b.popularity - a.popularity || byText(a.id, b.id);
  const written = (what: string) => String(writes.stored.get(what) ?? 0);
  return {
    state: () => Promise.resolve({ books: written("books"), lists: written("lists") }),
    listsWritten(since, until) {
      const count = Number(until) - Number(since);
      if (count < 0) return Promise.resolve(undefined);
      const writes = Array.from({ length: count }, (_, at) => listsWritten.stored.get(String(Number(since) + 1 + at)));
      const known = writes.filter((books) => books !== undefined);
      return Promise.resolve(known.length < count ? undefined : known.flat());
    },
    facts(ids) {
      const found = known().filter((book) => ids.includes(book.id));
      return Promise.resolve(found.map(({ version: _version, removed: _removed, ...facts }) => facts));
    },
    works(ids) {
      const found = books.stored.values().filter((book) => ids.includes(book.id));
      return Promise.resolve(found.flatMap(({ id, work }) => work === undefined ? [] : [{ book: id, work }]));
    },
    withFeatures(features, limit) {
      const popular = known().sort(byPopularity);
      const foundBy = (feature: string) => popular.filter((book) => featuresOf(book).includes(feature)).slice(0, limit);
      return Promise.resolve(new Map(features.map((feature) => [feature, foundBy(feature).map(({ id }) => id)])));
    },
    neighbours: (ids) => Promise.resolve(lists.stored.values().filter((list) => ids.includes(list.book))),
    popular(limit) {
      const sorted = known().sort((a, b) => readersOf(b) - readersOf(a) || byPopularity(a, b));
      return Promise.resolve(sorted.slice(0, limit).map((book) => ({ book: book.id, readers: readersOf(book) })));
    },
  };
}

/** What one projection version holds, outside any transaction. */
export const memoryRecommendationHistory = (
  { interactions, searches, books }: RecommendationTables,
): RecommendationHistory => ({
  interactions(before, after, limit) {
    const older = interactions.stored.values().filter(({ time }) => time < before);
    return Promise.resolve(pageOf(older, ({ reader, book, kind }) => [reader, book, kind], after, limit));
  },
  searches(before, after, limit) {
    const older = searches.stored.values().filter(({ time }) => time < before);
    return Promise.resolve(pageOf(older, ({ reader, normal }) => [reader, normal], after, limit));
  },
  books: (after, limit) => Promise.resolve(pageOf(books.stored.values(), ({ id }) => [id], after, limit)),
});
