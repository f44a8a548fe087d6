import { titleKey } from "@/domain/catalog/found_by.ts";
import { rankBooks, type Reading } from "@/domain/catalog/rank_books.ts";
import { readQuery, type SearchQuery } from "@/domain/catalog/search_query.ts";
import { type Suggestion, suggestionsOf } from "@/domain/catalog/suggestion.ts";
import type { BookSearch, BookShelf } from "./ports.ts";
import { slipReading, withSlips } from "./search_slips.ts";
import { asTyped, countTerms, groupsOf, isComplete } from "./search_terms.ts";

type Sources = { search: BookSearch; shelf: Pick<BookShelf, "byIds"> };

/** Candidates that are ranked: the most popular ones. An answer while somebody types must not take long. */
const MAX_CANDIDATES = 30;
/** Where the beginning of a word is so short that most words are left to the ranking. */
const MAX_SHORT = 150;
/** Further books that are read, as several may give the same suggestion. */
const SPARE_BOOKS = 4;

/** Titles, authors and series that complete a text; where nothing has its words, those that have words like them. */
export async function suggestBooks({ search, shelf }: Sources, typed: string, most: number): Promise<Suggestion[]> {
  const query = readQuery(typed);
  if (query.words.length === 0) return [];
  const terms = await countTerms(search, query.words);
  const exact = asTyped(terms);
  const found = isComplete(terms) ? await suggest({ search, shelf, query, most }, exact) : [];
  if (found.length > 0 || query.isbn13 !== undefined) return found;
  const slipped = slipReading(await withSlips(search, terms, true));
  return slipped === undefined ? [] : await suggest({ search, shelf, query, most }, slipped);
}

async function suggest(
  { search, shelf, query, most }: Sources & { query: SearchQuery; most: number },
  reading: Reading,
): Promise<Suggestion[]> {
  const groups = groupsOf(reading);
  const documents = await search.candidates({
    groups,
    facets: [],
    most: groups.length < reading.terms.length ? MAX_SHORT : MAX_CANDIDATES,
    ...(query.text === "" ? {} : { titleStart: titleKey(query.text) }),
  });
  const ids = rankBooks(query, [reading], documents).slice(0, most + SPARE_BOOKS).map(({ id }) => id);
  return suggestionsOf(reading.terms, await shelf.byIds(ids), most);
}
