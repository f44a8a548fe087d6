import type { SearchDocument } from "@/domain/catalog/search/search_document.ts";
import type { SearchQuery } from "@/domain/catalog/search/query/search_query.ts";
import { isFamilyName, type Place, type Term } from "@/domain/catalog/search/search_term.ts";

const AUTHOR = 18;
/** Ranks a book by an author above books about the author. */
const TITLE_AND_AUTHOR = 5;

/** Points for an author's name in the query, alone or with words of the title. */
export function authorPoints(query: SearchQuery, terms: Term[], places: Place[], document: SearchDocument): number {
  if (isName(places, query.familyFirst)) return AUTHOR;
  return isTitleAndAuthor(terms, places, document) ? TITLE_AND_AUTHOR * Math.min(...places.map(({ fit }) => fit)) : 0;
}

/**
 * For each term, whether it is an author's family name, when all others are words of the title. Empty for any other query, and for
 * one with possible initials: a letter is more likely an initial than a word of a title.
 */
export const namesBesideTitle = (terms: Term[], places: Place[], document: SearchDocument): boolean[] =>
  terms.every(({ initials }) => initials === undefined) && isTitleAndAuthor(terms, places, document)
    ? places.map(({ field }, at) => field === "author" || isFamilyName(terms[at]!, document))
    : [];

/** Whether the query is an author's family name and words of the title. The title may contain the author's name, too. */
const isTitleAndAuthor = (terms: Term[], places: Place[], document: SearchDocument): boolean =>
  places.some(({ field }) => field !== "author") &&
  places.every(({ field, family }) => field === "author" ? family : field !== undefined && field !== "subject") &&
  places.some(({ family }, at) => family || isFamilyName(terms[at]!, document));

/** Whether the query consists of names of authors or of a series. The title may contain an author's name, too. */
export const isNameAlone = (terms: Term[], places: Place[], document: SearchDocument): boolean =>
  places.every(({ field }, at) => field === "author" || field === "series" || isFamilyName(terms[at]!, document));

/**
 * Whether the terms are adjacent words of an author's name, in its order. `familyFirst`: a comma follows the first term, so the family
 * name may come first.
 */
function isName(places: Place[], familyFirst: boolean): boolean {
  if (places.length < 2 || places.some(({ field }) => field !== "author")) return false;
  const [first, ...others] = places;
  return isRow(places) || (familyFirst && first!.family && isRow([...others, first!]));
}

const isRow = (places: Place[]): boolean =>
  places.every(({ at }, place) => place === 0 || at === places[place - 1]!.at + 1);
