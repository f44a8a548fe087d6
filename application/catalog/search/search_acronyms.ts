import { acronymToken, mayBeAcronym, namesOf } from "@/domain/catalog/search/acronym.ts";
import type { Facet } from "@/domain/catalog/found_by.ts";
import type { Reading } from "@/domain/catalog/search/score_book.ts";
import { readQuery } from "@/domain/catalog/search/search_query.ts";
import type { BookSearch } from "@/application/catalog/ports.ts";
import { asTyped, type CountedTerm, countTerms } from "./search_terms.ts";

/** The most popular books with an acronym, whose names are compared. */
const MAX_BOOKS = 30;

/** Of an acronym that is also a word of the catalogue, so that books with the word come first: `art`, before `A River Told`. */
const ALSO_WORD = 0.3;

/** The reading in which words are acronyms of titles, series or authors, such as `lotr 2`; undefined where none is. */
export async function acronymReading(
  search: BookSearch,
  facets: Facet[],
  terms: CountedTerm[],
): Promise<Reading | undefined> {
  const asked = terms.filter(({ word }) => !word.quoted && word.field === undefined && mayBeAcronym(word.text));
  const counts = await search.counts(asked.map(({ word }) => ({ text: acronymToken(word.text), prefix: false })), 1);
  const names = new Map<string, string>();
  let quality = 1;
  for (const term of asked.filter((_, at) => counts[at]! > 0)) {
    const name = await nameOf(search, facets, term.word.text);
    if (name === undefined) continue;
    names.set(term.word.text, name);
    if (isWord(term)) quality = ALSO_WORD;
  }
  if (names.size === 0) return undefined;
  const text = terms.map(({ word }) => names.get(word.text) ?? word.text).join(" ");
  const { words, text: normal } = readQuery(text);
  return { ...asTyped(await countTerms(search, words)), quality, text: normal };
}

/** Whether books have the word itself, not only longer ones. */
const isWord = ({ word, count, whole = false }: CountedTerm): boolean => word.prefix ? whole : count > 0;

/** The name that the most popular books together have for the acronym. */
async function nameOf(search: BookSearch, facets: Facet[], letters: string): Promise<string | undefined> {
  const found = await search.candidates({ groups: [[acronymToken(letters)]], facets, most: MAX_BOOKS });
  const popularity = new Map<string, number>();
  for (const document of found) {
    for (const name of new Set(namesOf(letters, document))) {
      popularity.set(name, (popularity.get(name) ?? 0) + document.popularity + document.acts + 1);
    }
  }
  return [...popularity].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]?.[0];
}
