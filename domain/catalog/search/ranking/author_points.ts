import type { SearchDocument } from "@/domain/catalog/search/search_document.ts";
import type { SearchQuery } from "@/domain/catalog/search/query/search_query.ts";
import { isFamilyName, type Place, type Term } from "@/domain/catalog/search/search_term.ts";

const AUTHOR = 18;
/** A book by somebody with these words in its title comes before one about them. */
const TITLE_AND_AUTHOR = 5;

/** Points for an author's name that was typed, alone or beside words of the title. */
export function authorPoints(query: SearchQuery, terms: Term[], places: Place[], document: SearchDocument): number {
  if (isName(places, query.familyFirst)) return AUTHOR;
  return isTitleAndAuthor(terms, places, document) ? TITLE_AND_AUTHOR * Math.min(...places.map(({ fit }) => fit)) : 0;
}

/**
 * Which of the words are an author's family name, where nothing but words of the title was typed beside it; none elsewhere. A letter is
 * likelier an initial than a word of a title.
 */
export const namesBesideTitle = (terms: Term[], places: Place[], document: SearchDocument): boolean[] =>
  terms.every(({ initials }) => initials === undefined) && isTitleAndAuthor(terms, places, document)
    ? places.map(({ field }, at) => field === "author" || isFamilyName(terms[at]!, document))
    : [];

/** Whether an author's family name was typed, and beside it nothing but words of the title. Titles may name their author too. */
const isTitleAndAuthor = (terms: Term[], places: Place[], document: SearchDocument): boolean =>
  places.some(({ field }) => field !== "author") &&
  places.every(({ field, family }) => field === "author" ? family : field !== undefined && field !== "subject") &&
  places.some(({ family }, at) => family || isFamilyName(terms[at]!, document));

/** Whether nothing was typed but names, of authors or a series, though a title may have an author's name too. */
export const isNameAlone = (terms: Term[], places: Place[], document: SearchDocument): boolean =>
  places.every(({ field }, at) => field === "author" || field === "series" || isFamilyName(terms[at]!, document));

/**
 * Whether the words stand in a row in a name: a book by somebody comes before one about them. `familyFirst`: the last one of the name
 * was typed first.
 */
function isName(places: Place[], familyFirst: boolean): boolean {
  if (places.length < 2 || places.some(({ field }) => field !== "author")) return false;
  const [first, ...others] = places;
  return isRow(places) || (familyFirst && first!.family && isRow([...others, first!]));
}

const isRow = (places: Place[]): boolean =>
  places.every(({ at }, place) => place === 0 || at === places[place - 1]!.at + 1);
