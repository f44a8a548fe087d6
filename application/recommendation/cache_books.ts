import type { BookFacts } from "@/domain/recommendation/likeness.ts";
import { cacheEach, cacheLists } from "@/application/cache.ts";
import type { Clock } from "@/application/ports.ts";
import type { BookReader } from "./ports.ts";

/** Books and lists may be so old in an answer. What the reader did is never cached. */
const MAX_AGE_MS = 500;
/** Entries, about 20 MB for each kind. */
const MOST = { facts: 20_000, works: 50_000, features: 10_000, lists: 5_000 };

/** Caches what many readers' lists have in common, so that busy services read and parse a book once, not once a list. */
export function cacheBooks(books: BookReader, clock: Clock): BookReader {
  const cached = <Value>(most: number, read: (keys: string[]) => Promise<Map<string, Value>>) =>
    cacheLists(read, { maxAgeMs: MAX_AGE_MS, most, clock });
  const last = createLast(MOST.facts);
  const facts = cached(MOST.facts, async (ids) => byKey(await books.facts(ids), ({ id }) => id, last));
  const works = cached(MOST.works, async (ids) => byKey(await books.works(ids), ({ book }) => book));
  const lists = cached(MOST.lists, async (ids) => byKey(await books.neighbours(ids), ({ book }) => book));
  const features = new Map<number, ReturnType<typeof cached<string[]>>>();
  const popular = cacheEach((limit) => books.popular(Number(limit)), { maxAgeMs: MAX_AGE_MS, most: 10, clock });
  return {
    facts: async (ids) => found(await facts(ids)),
    works: async (ids) => found(await works(ids)),
    neighbours: async (ids) => found(await lists(ids)),
    async withFeatures(names, limit) {
      const some = features.get(limit) ?? cached(MOST.features, (missing) => books.withFeatures(missing, limit));
      features.set(limit, some);
      const each = await some(names);
      return new Map(names.map((name, at) => [name, each[at] ?? []]));
    },
    popular: (limit) => popular(String(limit)),
  };
}

function byKey<Value>(values: Value[], keyOf: (value: Value) => string, same = (value: Value) => value) {
  const found = new Map<string, Value>();
  for (const value of values) found.set(keyOf(value), same(value));
  return found;
}

function found<Value>(values: (Value | undefined)[]): Value[] {
  return values.filter((value) => value !== undefined);
}

/** Gives the object of before for a book that has not changed: names in normal form are kept by object. */
function createLast(most: number): (book: BookFacts) => BookFacts {
  const last = new Map<string, { book: BookFacts; text: string }>();
  return (book) => {
    const text = JSON.stringify(book);
    const before = last.get(book.id);
    if (before?.text === text) return before.book;
    last.delete(book.id);
    last.set(book.id, { book, text });
    if (last.size > most) last.delete(last.keys().next().value!);
    return book;
  };
}
