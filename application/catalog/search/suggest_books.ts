import { titleKey } from "@/domain/catalog/found_by.ts";
import { askedFor } from "@/domain/catalog/search/question.ts";
import { rankBooks } from "@/domain/catalog/search/rank_books.ts";
import type { Reading } from "@/domain/catalog/search/score_book.ts";
import type { Term } from "@/domain/catalog/search/search_term.ts";
import { type QueryWord, readQuery, type SearchQuery } from "@/domain/catalog/search/search_query.ts";
import { type Suggestion, suggestionsOf } from "@/domain/catalog/search/suggestion.ts";
import { cacheEach, cacheLists } from "@/application/shared/concurrency/cache.ts";
import type { Clock } from "@/application/ports.ts";
import type { PopularBooks } from "./popular_books.ts";
import type { BookSearch, BookShelf } from "@/application/catalog/ports.ts";
import { acronymReading } from "./search_acronyms.ts";
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
  withFunctionWordsOptional,
  withOptional,
} from "./search_terms.ts";

/** `popular`: the most popular books in memory, where they are there. */
type Sources = { search: BookSearch; shelf: Pick<BookShelf, "byIds">; popular?: () => PopularBooks | undefined };

/** Candidates that are ranked: the most popular ones. An answer while somebody types must not take long. */
const MAX_CANDIDATES = 30;
/** Where the beginning of a word is so short that most words are left to the ranking. */
const MAX_SHORT = 150;
/** Further books that are read, as several may give the same suggestion. */
const SPARE_BOOKS = 4;

/**
 * Titles, authors and series that complete a text, or what it asks for in a question with which no title begins; where nothing has all
 * its words, those that lack words which say little, then what is meant by an acronym, and what has words like them.
 */
export async function suggestBooks(sources: Sources, typed: string, most: number): Promise<Suggestion[]> {
  const { search, shelf } = sources;
  const query = readQuery(typed);
  if (query.words.length === 0) return [];
  const popular = sources.popular?.();
  if (popular !== undefined) {
    const known = suggestPopular(popular, query, most);
    if (known.length > 0) return known;
  }
  const asked = askedFor(typed);
  if (asked !== undefined && readQuery(asked).words.length > 0 && !await isTitled(search, query)) {
    return await suggestBooks(sources, asked, most);
  }
  for await (const readings of readingsOf(search, query)) {
    const found = await suggest({ search, shelf, query, most }, readings);
    if (found.length > 0) return found;
  }
  return [];
}

/** Whether a title begins with what was typed. */
const isTitled = async (search: BookSearch, { text }: SearchQuery): Promise<boolean> =>
  (await search.candidates({ groups: [], facets: [], most: 0, titled: { ...titledBy(text), most: 1 } })).length > 0;

/** The ways to read what was typed, those together of which the better one counts. */
async function* readingsOf(search: BookSearch, { words, isbn13 }: SearchQuery): AsyncGenerator<Reading[]> {
  const terms = await termsOf(search, words);
  if (isbn13 !== undefined) return yield isComplete(terms) ? [asTyped(terms)] : [];
  yield [isComplete(terms) ? asTyped(terms) : undefined, withFunctionWordsOptional(terms)].filter((one) =>
    one !== undefined
  );
  const acronyms = await acronymReading(search, [], terms);
  if (acronyms !== undefined) yield [acronyms];
  const slipped = slipReading(await withSlips(search, terms, true));
  if (slipped !== undefined) yield [slipped];
}

/**
 * Suggestions from the most popular books alone. Where the catalogue has others and fewer of these match than are ranked, there are
 * none.
 */
function suggestPopular({ index, books, complete }: PopularBooks, query: SearchQuery, most: number): Suggestion[] {
  const { words } = query;
  const wanted = words.map(({ text, forms, prefix }) => ({ texts: [text, ...forms], prefix }));
  const popular = index.find(wanted, MAX_CANDIDATES);
  if (!complete && popular.length < MAX_CANDIDATES) return [];
  const titled = query.text === "" ? [] : index.titled(query.text, MAX_CANDIDATES);
  const terms = words.map((word, at): Term => ({
    ...typedTerm({ word, count: words.length === 1 ? 1 : index.count(wanted[at]!), expanded: [] }),
    ...(word.prefix ? { prefix: word.text } : {}),
  }));
  const readings: Reading[] = [{ terms, quality: 1, any: false }];
  const places = new Set([...popular, ...titled]);
  // Unless a title begins with all that was typed, it may lack words that say little.
  const needed = wanted.filter((_, at) => words[at]!.optional === undefined);
  if (titled.length === 0 && needed.length > 0 && needed.length < words.length) {
    for (const place of index.find(needed, MAX_CANDIDATES)) places.add(place);
    readings.push({ terms: withOptional(words, terms), quality: 1, any: false });
  }
  const bookOf = new Map([...places].map((place) => [books[place]!.id, books[place]!]));
  const ranked = rankBooks(query, readings, [...places].map((place) => index.document(place)));
  return suggestionsOf(terms, ranked.slice(0, most + SPARE_BOOKS).map(({ id }) => bookOf.get(id)!), most);
}

/** The words, counted where one has to be weighed against another. */
async function termsOf(search: BookSearch, words: QueryWord[]): Promise<CountedTerm[]> {
  const [first, ...others] = words;
  if (first === undefined || others.length > 0 || !first.prefix) return await countTerms(search, words);
  const term = await expandTerm(search, first, 1);
  return term.expanded.length > 0 ? [term] : await countTerms(search, words);
}

/** Suggestions by the first reading; unless a title begins with all that was typed, by the others too. */
async function suggest(
  { search, shelf, query, most }: Sources & { query: SearchQuery; most: number },
  readings: Reading[],
): Promise<Suggestion[]> {
  const [first] = readings;
  if (first === undefined) return [];
  const titled = query.text === ""
    ? []
    : await search.candidates({ groups: [], facets: [], most: 0, titled: titledBy(query.text) });
  const documents = new Map(titled.map((document) => [document.id, document]));
  const used = titled.length > 0 ? [first] : readings;
  for (const reading of used) {
    const groups = groupsOf(reading);
    const isShort = groups.length < reading.terms.filter(({ optional }) => optional === undefined).length;
    const popular = { groups, facets: [], most: isShort ? MAX_SHORT : MAX_CANDIDATES };
    for (const document of await search.candidates(popular)) documents.set(document.id, document);
  }
  const ids = rankBooks(query, used, [...documents.values()]).slice(0, most + SPARE_BOOKS).map(({ id }) => id);
  return suggestionsOf(first.terms, await shelf.byIds(ids), most);
}

const titledBy = (text: string) => ({ start: titleKey(text), most: MAX_CANDIDATES });

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
