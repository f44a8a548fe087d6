import { titleKey } from "@/domain/catalog/found_by.ts";
import { rankBooks, type Reading } from "@/domain/catalog/search/rank_books.ts";
import type { Term } from "@/domain/catalog/search/search_term.ts";
import { type QueryWord, readQuery, type SearchQuery } from "@/domain/catalog/search/search_query.ts";
import { type Suggestion, suggestionsOf } from "@/domain/catalog/search/suggestion.ts";
import { cacheEach, cacheLists } from "@/application/shared/concurrency/cache.ts";
import type { Clock } from "@/application/ports.ts";
import type { PopularBooks } from "./popular_books.ts";
import type { BookSearch, BookShelf } from "@/application/catalog/ports.ts";
import { slipReading, withSlips } from "./search_slips.ts";
import {
  asTyped,
  COMMON,
  type CountedTerm,
  countTerms,
  expandTerm,
  groupsOf,
  isComplete,
  typedTerm,
} from "./search_terms.ts";

/** `popular`: the most popular books in memory, where they are there. */
type Sources = { search: BookSearch; shelf: Pick<BookShelf, "byIds">; popular?: () => PopularBooks | undefined };

/** Candidates that are ranked: the most popular ones. An answer while somebody types must not take long. */
const MAX_CANDIDATES = 30;
/** Where the beginning of a word is so short that most words are left to the ranking. */
const MAX_SHORT = 150;
/** Further books that are read, as several may give the same suggestion. */
const SPARE_BOOKS = 4;

/** Titles, authors and series that complete a text; where nothing has its words, those that have words like them. */
export async function suggestBooks(sources: Sources, typed: string, most: number): Promise<Suggestion[]> {
  const { search, shelf } = sources;
  const query = readQuery(typed);
  if (query.words.length === 0) return [];
  const popular = sources.popular?.();
  const known = popular === undefined ? [] : suggestPopular(popular, query, most);
  if (known.length > 0) return known;
  const terms = await termsOf(search, query.words);
  const exact = asTyped(terms);
  const found = isComplete(terms) ? await suggest({ search, shelf, query, most }, exact) : [];
  if (found.length > 0 || query.isbn13 !== undefined) return found;
  const slipped = slipReading(await withSlips(search, terms, true));
  return slipped === undefined ? [] : await suggest({ search, shelf, query, most }, slipped);
}

/**
 * Suggestions from the most popular books alone. Where the catalogue has others and fewer of these match than are ranked, there are
 * none.
 */
function suggestPopular({ index, books, complete }: PopularBooks, query: SearchQuery, most: number): Suggestion[] {
  const wanted = query.words.map(({ text, forms, prefix }) => ({ texts: [text, ...forms], prefix }));
  const popular = index.find(wanted, MAX_CANDIDATES);
  if (!complete && popular.length < MAX_CANDIDATES) return [];
  const titled = query.text === "" ? [] : index.titled(query.text, MAX_CANDIDATES);
  const places = [...new Set([...popular, ...titled])];
  const terms = query.words.map((word, at): Term => ({
    ...typedTerm({ word, count: query.words.length === 1 ? 1 : index.count(wanted[at]!), expanded: [] }),
    ...(word.prefix ? { prefix: word.text } : {}),
  }));
  const placeOf = new Map(places.map((place) => [books[place]!.id, place]));
  const ranked = rankBooks(query, [{ terms, quality: 1, any: false }], places.map((place) => index.document(place)));
  const best = ranked.slice(0, most + SPARE_BOOKS).map(({ id }) => books[placeOf.get(id)!]!);
  return suggestionsOf(terms, best, most);
}

/** The words, counted where one has to be weighed against another. */
async function termsOf(search: BookSearch, words: QueryWord[]): Promise<CountedTerm[]> {
  const [first, ...others] = words;
  if (first === undefined || others.length > 0 || !first.prefix) return await countTerms(search, words);
  const term = await expandTerm(search, first, 1);
  return term.expanded.length > 0 ? [term] : await countTerms(search, words);
}

async function suggest(
  { search, shelf, query, most }: Sources & { query: SearchQuery; most: number },
  reading: Reading,
): Promise<Suggestion[]> {
  const groups = groupsOf(reading);
  const titled = query.text === "" ? undefined : { start: titleKey(query.text), most: MAX_CANDIDATES };
  const popular = { groups, facets: [], most: groups.length < reading.terms.length ? MAX_SHORT : MAX_CANDIDATES };
  const documents = [
    ...await search.candidates(popular),
    ...(titled === undefined ? [] : await search.candidates({ groups: [], facets: [], most: 0, titled })),
  ];
  const each = [...new Map(documents.map((document) => [document.id, document])).values()];
  const ids = rankBooks(query, [reading], each).slice(0, most + SPARE_BOOKS).map(({ id }) => id);
  return suggestionsOf(reading.terms, await shelf.byIds(ids), most);
}

/** Books that are kept to be shown: those that suggestions name most. */
const MAX_BOOKS = 5_000;
/** Words whose books are kept counted. */
const MAX_WORDS = 5_000;

/** Sources that keep for `maxAgeMs` what many suggestions need: the most popular books, how many books words have, and books to be shown. */
export function keepForSuggestions({ search, shelf }: Sources, maxAgeMs: number, clock: Clock): Sources {
  const popular = cacheEach((most) => search.candidates({ groups: [], facets: [], most: Number(most) }), {
    maxAgeMs,
    most: 1,
    clock,
  });
  // The last word is another one with each letter, those before it stay.
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
