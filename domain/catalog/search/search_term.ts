import { FIELD_END, type SearchDocument } from "./search_document.ts";
import type { SearchField } from "@/domain/catalog/search/query/search_query.ts";

/**
 * A query word as ranking matches it. `tokens`: catalogue words that match, with their fit (1: the word itself). `prefix`: any word with
 * this prefix matches, too. `weight`: its rarity. `optional`: a book may lack it. `initials`: possible initials of given names.
 * `whole`: for a prefix, whether some book has the word itself.
 */
export type Term = {
  tokens: Map<string, number>;
  prefix?: string;
  weight: number;
  field?: SearchField;
  optional?: "little" | "around";
  initials?: string;
  whole?: boolean;
};

const FIELD = { title: 5, other: 4.5, series: 3, author: 3, subject: 1 };
/** The fit of a word of which only a prefix was typed. */
export const PREFIX = 0.7;
/** The fit of another form of the typed word, such as a number in digits. */
export const FORM = 0.9;
/** The weight of a given name relative to a family name, and of a further author relative to the first. */
const GIVEN_NAME = 0.7;
const LATER_NAME = 0.7;

/**
 * Where a document matches a term. `fit`: how well the word there matches, from 0 to 1. `at`: its index in the field, or -1.
 * `family`: it is a name of an author other than the first given name.
 */
export type Place = { points: number; fit: number; field?: keyof typeof FIELD; at: number; family: boolean };
const NOWHERE: Place = { points: 0, fit: 0, at: -1, family: false };

/** The place of a term with the most points. `before`: the place of the preceding term. */
export function findTerm(term: Term, document: SearchDocument, before: Place | undefined): Place {
  let best = NOWHERE;
  const { field } = term;
  if (field === undefined || field === "title") {
    best = better(best, "title", term, document.words, before);
    if (best.points < FIELD.other) best = better(best, "other", term, document.others, undefined);
    if (best.points < FIELD.series) best = better(best, "series", term, document.seriesWords, before);
  }
  if ((field === undefined && best.points < FIELD.author) || field === "author") {
    best = bestName(best, term, document.authors, before);
  }
  if ((field === undefined && best.points < FIELD.subject) || field === "subject") {
    best = better(best, "subject", term, document.subjects, before);
  }
  if ((field === undefined || field === "isbn") && best === NOWHERE && term.tokens.has(document.isbn13)) {
    return { points: FIELD.title, fit: 1, at: -1, family: false };
  }
  return best;
}

/** The better of a place and the best one in a field. Of equal ones in the field, the one after the preceding term wins. */
function better(best: Place, field: keyof typeof FIELD, term: Term, words: string[], before: Place | undefined): Place {
  const next = before?.field === field ? before.at + 1 : -1;
  let [fit, at] = [0, -1];
  for (let place = 0; place < words.length; place++) {
    const own = fitOf(term, words[place]!);
    if (own > fit || (own === fit && own > 0 && place === next)) [fit, at] = [own, place];
  }
  return FIELD[field] * fit > best.points ? { points: FIELD[field] * fit, fit, field, at, family: false } : best;
}

/** Like `better`, for the names of authors, which are separated by `FIELD_END`. */
function bestName(best: Place, term: Term, words: string[], before: Place | undefined): Place {
  const next = before?.field === "author" ? before.at + 1 : -1;
  let found = best;
  let [names, start] = [0, 0];
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (word === FIELD_END) {
      names++;
      start = at + 1;
      continue;
    }
    const fit = fitOf(term, word);
    if (fit === 0) continue;
    const family = at > start || words[at + 1] === FIELD_END;
    const points = FIELD.author * fit * (family ? 1 : GIVEN_NAME) * (names === 0 ? 1 : LATER_NAME);
    const isNext = at === next && found.field === "author" && fit >= found.fit;
    if (points > found.points || isNext) {
      found = { points, fit, field: "author", at, family };
    }
  }
  return found;
}

/** The place of a term in the names of authors only. */
export const placeOfName = (term: Term, { authors }: SearchDocument): Place =>
  term.field === undefined || term.field === "author" ? bestName(NOWHERE, term, authors, undefined) : NOWHERE;

/** Whether a term matches a family name of an author, whatever else it matches. */
export const isFamilyName = (term: Term, document: SearchDocument): boolean => placeOfName(term, document).family;

/** Whether a word of a book matches a term. */
export const hasTerm = (term: Term, word: string): boolean => fitOf(term, word) > 0;

function fitOf(term: Term, word: string): number {
  const fit = term.tokens.get(word) ?? 0;
  return fit < PREFIX && term.prefix !== undefined && word.startsWith(term.prefix) ? PREFIX : fit;
}
