import { acronymToken, mayBeAcronym, namesOf } from "@/domain/catalog/search/acronym.ts";
import type { Facet } from "@/domain/catalog/found_by.ts";
import type { SearchDocument } from "@/domain/catalog/search/search_document.ts";
import type { Reading } from "@/domain/catalog/search/ranking/score_book.ts";
import { readQuery } from "@/domain/catalog/search/query/search_query.ts";
import type { BookSearch } from "@/application/catalog/ports.ts";
import { asTyped, type CountedTerm, countTerms } from "./search_terms.ts";

/** The number of books with an acronym, most popular first, whose names are compared. */
const MAX_BOOKS = 30;

/** The quality of an acronym that is also a word of the catalogue: for `art`, books with the word come before `A River Told`. */
const ALSO_WORD = 0.3;
/** Does not apply when a book with the acronym is this many times as popular as any book with the word, as for `got`. */
const TIMES_AS_POPULAR = 5;
/** The lower bound of the popularity to compare with, so that the acts of a few readers do not decide. */
const HARDLY_POPULAR = 20;

/**
 * The reading with acronyms expanded to names of titles, series or authors: `lotr 2`. Undefined when no word is an acronym.
 * `popularity`: of the most popular book that the words themselves find.
 */
export async function acronymReading(
  search: BookSearch,
  facets: Facet[],
  terms: CountedTerm[],
  popularity: number,
): Promise<Reading | undefined> {
  const asked = terms.filter(({ word }) => !word.quoted && word.field === undefined && mayBeAcronym(word.text));
  const counts = await search.counts(asked.map(({ word }) => ({ text: acronymToken(word.text), prefix: false })), 1);
  const names = new Map<string, string>();
  let quality = 1;
  for (const term of asked.filter((_, at) => counts[at]! > 0)) {
    const named = await nameOf(search, facets, term.word.text);
    if (named === undefined) continue;
    names.set(term.word.text, named.name);
    const isFarMorePopular = named.popularity >= TIMES_AS_POPULAR * Math.max(HARDLY_POPULAR, popularity);
    if (isWord(term) && !isFarMorePopular) quality = ALSO_WORD;
  }
  if (names.size === 0) return undefined;
  const text = terms.map(({ word }) => names.get(word.text) ?? word.text).join(" ");
  const { words, text: normal } = readQuery(text);
  return { ...asTyped(await countTerms(search, words)), quality, text: normal };
}

/** The popularity of a book, as imported and from readers' acts, plus one. */
export const appealOf = ({ popularity, acts }: Pick<SearchDocument, "popularity" | "acts">): number =>
  popularity + acts + 1;

/** The highest popularity of any of the books, or 0. */
export const mostPopular = (documents: SearchDocument[]): number =>
  documents.reduce((most, document) => Math.max(most, appealOf(document)), 0);

/** Whether the catalogue has the word itself, not only longer words that begin with it. */
const isWord = ({ word, count, whole = false }: CountedTerm): boolean => word.prefix ? whole : count > 0;

/** The name for the acronym whose books are the most popular in sum, and the highest popularity of one of them. */
async function nameOf(search: BookSearch, facets: Facet[], letters: string) {
  const found = await search.candidates({ groups: [[acronymToken(letters)]], facets, most: MAX_BOOKS });
  const sums = new Map<string, number>();
  for (const document of found) {
    for (const name of new Set(namesOf(letters, document))) sums.set(name, (sums.get(name) ?? 0) + appealOf(document));
  }
  const [best] = [...sums].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  if (best === undefined) return undefined;
  const [name] = best;
  return { name, popularity: mostPopular(found.filter((document) => namesOf(letters, document).includes(name))) };
}
