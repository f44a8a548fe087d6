import { cacheEach, cacheLists } from "@/application/shared/concurrency/cache.ts";
import type { Clock } from "@/application/ports.ts";
import { COMMON } from "@/application/catalog/search/search_terms.ts";
import type { SuggestionSources } from "./suggest_books.ts";

/** The maximum number of cached books. */
const MAX_BOOKS = 5_000;
/** The maximum number of words with cached counts. */
const MAX_WORDS = 5_000;

/** Caches for `maxAgeMs` what many suggestions read: the most popular books, counts of whole words, and books to show. */
export function keepForSuggestions(
  { search, shelf }: SuggestionSources,
  maxAgeMs: number,
  clock: Clock,
): SuggestionSources {
  const popular = cacheEach((most) => search.candidates({ groups: [], facets: [], most: Number(most) }), {
    maxAgeMs,
    most: 1,
    clock,
  });
  // Counts of prefixes are not cached: the last word changes with each letter, the words before it do not.
  const counted = cacheLists(
    async (texts) => {
      const counts = await search.counts(texts.map((text) => ({ text, prefix: false })), COMMON);
      return new Map(texts.map((text, at) => [text, counts[at]!]));
    },
    { maxAgeMs, most: MAX_WORDS, clock },
  );
  const byId = cacheLists(
    async (ids) => new Map((await shelf.byIds(ids)).map((book) => [book.id, book])),
    { maxAgeMs, most: MAX_BOOKS, clock },
  );
  return {
    search: {
      ...search,
      async counts(words, most) {
        const whole = await counted(words.flatMap(({ text, prefix }) => prefix ? [] : [text]));
        const begun = await search.counts(words.filter(({ prefix }) => prefix), most);
        return words.map(({ prefix }) => Math.min(most, prefix ? begun.shift()! : whole.shift()!));
      },
      candidates: (query) =>
        query.groups.length === 0 && query.titled === undefined
          ? popular(String(query.most))
          : search.candidates(query),
    },
    shelf: { byIds: async (ids) => (await byId(ids)).flatMap((book) => book ?? []) },
  };
}
