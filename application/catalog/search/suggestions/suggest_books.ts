import { titleKey } from "@/domain/catalog/found_by.ts";
import { askedFor } from "@/domain/catalog/search/query/question.ts";
import { rankBooks, type RankedBook } from "@/domain/catalog/search/ranking/rank_books.ts";
import type { Reading } from "@/domain/catalog/search/ranking/score_book.ts";
import type { SearchDocument } from "@/domain/catalog/search/search_document.ts";
import type { Term } from "@/domain/catalog/search/search_term.ts";
import { type QueryWord, readQuery, type SearchQuery } from "@/domain/catalog/search/query/search_query.ts";
import { type Suggestion, suggestionsOf } from "@/domain/catalog/search/suggestion.ts";
import type { PopularBooks } from "./popular_books.ts";
import type { BookSearch, BookShelf } from "@/application/catalog/ports.ts";
import { acronymReading } from "@/application/catalog/search/search_acronyms.ts";
import {
  asRespelled,
  respell,
  respelledQueries,
  respellNumerals,
} from "@/application/catalog/search/search_numerals.ts";
import { volumeReading } from "@/application/catalog/search/search_volumes.ts";
import { slipReading, withSlips } from "@/application/catalog/search/search_slips.ts";
import {
  asTyped,
  type CountedTerm,
  countTerms,
  expandTerm,
  groupsOf,
  isComplete,
  typedTerm,
  withFunctionWordsOptional,
  withOptional,
} from "@/application/catalog/search/search_terms.ts";

/** `popular`: the most popular books in memory, where they are there. */
export type SuggestionSources = {
  search: BookSearch;
  shelf: Pick<BookShelf, "byIds">;
  popular?: () => PopularBooks | undefined;
};

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
export async function suggestBooks(sources: SuggestionSources, typed: string, most: number): Promise<Suggestion[]> {
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
  // A space behind a word that no book has was no sign that the word is finished.
  return query.goesOn ? await suggestBooks(sources, typed.trimEnd(), most) : [];
}

/** Whether a title begins with what was typed. */
const isTitled = async (search: BookSearch, { text }: SearchQuery): Promise<boolean> =>
  (await search.candidates({ groups: [], facets: [], most: 0, titled: { ...titledBy(text), most: 1 } })).length > 0;

/** The ways to read what was typed, those together of which the better one counts. */
async function* readingsOf(search: BookSearch, query: SearchQuery): AsyncGenerator<Reading[]> {
  const { words, isbn13 } = query;
  const terms = await termsOf(search, words);
  if (isbn13 !== undefined) return yield isComplete(terms) ? [asTyped(terms)] : [];
  const respelled = await respellNumerals(search, query);
  yield [
    isComplete(terms) ? asTyped(terms) : undefined,
    ...respelled.map((one) => asRespelled(one, terms)),
    withFunctionWordsOptional(terms),
  ].filter((one) => one !== undefined);
  const acronyms = await acronymReading(search, [], terms, 0);
  if (acronyms !== undefined) yield [acronyms];
  const volume = await volumeReading(search, [], terms);
  if (volume !== undefined) yield [volume];
  const slipped = slipReading(await withSlips(search, terms, true));
  if (slipped !== undefined) yield [slipped];
}

/**
 * Suggestions from the most popular books alone. Where the catalogue has others and fewer of these match than are ranked, there are
 * none.
 */
function suggestPopular({ index, books, complete }: PopularBooks, query: SearchQuery, most: number): Suggestion[] {
  const typed = readPopular(index, query.words);
  const popular = index.find(typed.wanted, MAX_CANDIDATES);
  const respelled = respelledQueries(query).map(({ words, text }) => ({ ...readPopular(index, words), text }));
  const others = respelled.flatMap(({ wanted }) => index.find(wanted, MAX_CANDIDATES));
  if (!complete && popular.length + others.length < MAX_CANDIDATES) return [];
  const titled = query.text === "" ? [] : index.titled(query.text, MAX_CANDIDATES);
  const readings = [typed.reading, ...respelled.map(({ reading, text }) => respell(reading, text, typed.reading))];
  const places = new Set([...popular, ...others, ...titled]);
  // Unless a title begins with all that was typed, it may lack words that say little.
  const needed = typed.wanted.filter((_, at) => query.words[at]!.optional === undefined);
  if (titled.length === 0 && needed.length > 0 && needed.length < query.words.length) {
    for (const place of index.find(needed, MAX_CANDIDATES)) places.add(place);
    readings.push({ ...typed.reading, terms: withOptional(query.words, typed.reading.terms) });
  }
  const bookOf = new Map([...places].map((place) => [books[place]!.id, books[place]!]));
  const ids = rankSuggested(query, readings, [...places].map((place) => index.document(place)));
  return suggestionsOf(typed.reading.terms, ids.slice(0, most + SPARE_BOOKS).map((id) => bookOf.get(id)!), most);
}

/** The words as the index of popular books is asked for them, and the reading in which a book must have all. */
function readPopular(index: PopularBooks["index"], words: QueryWord[]) {
  const wanted = words.map(({ text, forms, prefix }) => ({ texts: [text, ...forms], prefix }));
  const terms = words.map((word, at): Term => ({
    ...typedTerm({ word, count: words.length === 1 ? 1 : index.count(wanted[at]!), expanded: [] }),
    ...(word.prefix ? { prefix: word.text } : {}),
  }));
  const reading: Reading = { terms, quality: 1, any: false };
  return { wanted, reading };
}

/** The words, counted where one has to be weighed against another. */
async function termsOf(search: BookSearch, words: QueryWord[]): Promise<CountedTerm[]> {
  const [first, ...others] = words;
  if (first === undefined || others.length > 0 || !first.prefix) return await countTerms(search, words);
  const term = await expandTerm(search, first, 1);
  return term.expanded.length > 0 ? [term] : await countTerms(search, words);
}

/** Suggestions by the first reading; unless a title begins with all that was typed, by those that lack a word too. */
async function suggest(
  { search, shelf, query, most }: SuggestionSources & { query: SearchQuery; most: number },
  readings: Reading[],
): Promise<Suggestion[]> {
  const [first] = readings;
  if (first === undefined) return [];
  const titled = query.text === ""
    ? []
    : await search.candidates({ groups: [], facets: [], most: 0, titled: titledBy(query.text) });
  const documents = new Map(titled.map((document) => [document.id, document]));
  const used = titled.length > 0 ? readings.filter((one) => one === first || one.respelled) : readings;
  for (const reading of used) {
    const groups = groupsOf(reading);
    const isShort = groups.length < reading.terms.filter(({ optional }) => optional === undefined).length;
    const popular = { groups, facets: [], most: isShort ? MAX_SHORT : MAX_CANDIDATES };
    for (const document of await search.candidates(popular)) documents.set(document.id, document);
  }
  const ids = rankSuggested(query, used, [...documents.values()]);
  return suggestionsOf(first.terms, await shelf.byIds(ids.slice(0, most + SPARE_BOOKS)), most);
}

/** In the middle of the first word, how much of a title was typed says so much less. */
const COVERAGE_OF_FIRST_WORD = 0.25;

/** Best first: popular books before short titles while the first word is being typed. */
function rankSuggested(query: SearchQuery, readings: Reading[], documents: SearchDocument[]): string[] {
  const ranked = rankBooks(query, readings, documents);
  if (query.words.length === 1 && query.words[0]!.prefix) {
    const scoreOf = ({ score, why }: RankedBook) => score - (1 - COVERAGE_OF_FIRST_WORD) * why.coverage;
    ranked.sort((a, b) => scoreOf(b) - scoreOf(a) || (a.id < b.id ? -1 : 1));
  }
  return ranked.map(({ id }) => id);
}

const titledBy = (text: string) => ({ start: titleKey(text), most: MAX_CANDIDATES });
