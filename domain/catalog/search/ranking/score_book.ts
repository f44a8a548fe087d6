import { authorPoints, isNameAlone, namesBesideTitle } from "./author_points.ts";
import { placeOfInitials } from "@/domain/catalog/search/initials.ts";
import { isCollectionOfBooks } from "./collection.ts";
import { nearPoints } from "./near_points.ts";
import type { SearchDocument } from "@/domain/catalog/search/search_document.ts";
import type { SearchQuery } from "@/domain/catalog/search/query/search_query.ts";
import { findTerm, FORM, type Place, PREFIX, type Term } from "@/domain/catalog/search/search_term.ts";
import { seriesPoints } from "./series_points.ts";
import { coveragePoints, titlePoints, type Weights } from "./title_points.ts";

/**
 * One way to read a query. `quality`: 1 as typed, less where words were joined or split, or are perhaps acronyms. `any`: not every term
 * must be there. `text`: the normal form of what is searched for, where it is not what was typed. `respelled`: it says the same in another
 * way, so that no word is a slip.
 */
export type Reading = { terms: Term[]; quality: number; any: boolean; text?: string; respelled?: true };

/** What a score is made of. */
export type ScoreParts = {
  isbn: number;
  /** Each word by the field it is in, how rare it is, and how well it fits. */
  words: number;
  /** The title is what was typed. */
  exact: number;
  /** The title begins with what was typed, or is it up to its subtitle. */
  start: number;
  /** The words are adjacent, in the order in which they were typed. */
  near: number;
  /** All that was typed is an author's name; or it is an author and words of the title. */
  author: number;
  /** The name of its series was typed, all of it or with the book's number. */
  series: number;
  /** How much of the title was typed. */
  coverage: number;
  /**
   * Words that were mistyped, joined or split, so that what was typed comes before what was perhaps meant; or a word of its own that is
   * only the beginning of another one here, where nothing else speaks for the book.
   */
  slips: number;
  /** A word stands here in another form, so that books which have it as typed come before. Numbers of series have many forms. */
  form: number;
  /** What was not found at all. */
  missing: number;
  /** An author or a series was typed, and this is a collection of several books: one of them is likelier meant. */
  collection: number;
  /** As imported. */
  popularity: number;
  /** By what readers do. */
  acts: number;
};

const SAME_ISBN = 1000;
const SLIPS = -45;
/** As much as coverage, popularity and acts together. */
const OTHER_FORM = -14;
const MISSING = -12;
/** More than what its title is worth, which often has the author's name. */
const COLLECTION = -12;
/** Words that say little are missing in a book of which nothing else was typed as a whole: a slip is likelier. */
const MISSING_AND_SCATTERED = -30;
const MISSING_OPTIONAL = { little: -30, around: -12 };
/** Popularity decides between like matches, never against a better one: at most this many points. */
export const MAX_POPULARITY = 4;
export const PER_TEN_TIMES = 0.6;
/** As popularity, for acts of readers. */
const MAX_ACTS = 2;
const NO_NAMES: boolean[] = [];
const NOTHING = {
  isbn: 0,
  words: 0,
  exact: 0,
  start: 0,
  near: 0,
  author: 0,
  series: 0,
  coverage: 0,
  slips: 0,
  form: 0,
  missing: 0,
  collection: 0,
};

/** The score of these parts. */
export const totalOf = (parts: ScoreParts): number =>
  parts.isbn + parts.words + parts.exact + parts.start + parts.near + parts.author + parts.series + parts.coverage +
  parts.slips + parts.form + parts.missing + parts.collection + parts.popularity + parts.acts;

/** Whether a lone word is no word of the catalogue, so that it is being typed. */
const isBegun = ({ terms }: Reading): boolean => terms.length === 1 && terms[0]!.whole === false;

/** The parts of a book's score, or undefined where a word that must be there is missing. */
export function scoreBook(
  query: SearchQuery,
  reading: Reading,
  document: SearchDocument,
  titleWeights: Weights,
): ScoreParts | undefined {
  if (query.isbn13 !== undefined && query.isbn13 === document.isbn13) {
    return { ...NOTHING, isbn: SAME_ISBN, ...boostsOf(document) };
  }
  const found = findTerms(reading, document);
  if (found === undefined) return undefined;
  const { terms, quality, text = query.text } = reading;
  const { places, typed, words, fit } = found;
  const title = titlePoints(text, document, places, { fit, isBegun: isBegun(reading), goesOn: query.goesOn });
  const exact = title.exact * quality;
  const start = title.start * quality;
  const author = authorPoints(query, typed, places, document) * quality;
  const series = seriesPoints(text, terms, typed, places, document) * quality;
  const names = author === 0 ? NO_NAMES : namesBesideTitle(typed, places, document);
  const near = nearPoints(places, names) * quality;
  const whole = exact + start + author + series;
  return {
    isbn: 0,
    words: words * quality,
    exact,
    start,
    near,
    author,
    series,
    coverage: coveragePoints(document, places, titleWeights),
    slips: hasSlip(reading, found, whole + near === 0) ? SLIPS : 0,
    form: series === 0 && hasOtherForm(reading, places) ? OTHER_FORM : 0,
    missing: found.missing + (typed.length < terms.length && whole === 0 ? MISSING_AND_SCATTERED : 0),
    collection: isNameAlone(typed, places, document) && isCollectionOfBooks(document) ? COLLECTION : 0,
    ...boostsOf(document),
  };
}

/**
 * Where the terms are in a book. `typed`: those that are not optional or were found, each with its place. `words`, `missing`: points.
 * `fit`: of the worst place, 0 where not all that was typed is there.
 */
type Found = { typed: Term[]; places: Place[]; words: number; missing: number; fit: number };

/** Undefined where a term that must be there is missing, or all are. */
function findTerms({ terms, quality, any }: Reading, document: SearchDocument): Found | undefined {
  const found: Found = { typed: [], places: [], words: 0, missing: 0, fit: quality };
  for (const [at, term] of terms.entries()) {
    const alone = findTerm(term, document, found.places.at(-1));
    const place = placeOfInitials(terms, at, document, alone) ?? alone;
    if (place.points === 0 && term.optional) {
      found.missing += MISSING_OPTIONAL[term.optional];
      if (term.optional === "little") found.fit = 0;
      continue;
    }
    if (place.points === 0 && !any) return undefined;
    found.typed.push(term);
    found.places.push(place);
    found.words += place.points * term.weight;
    if (place.points === 0) found.missing += MISSING * term.weight;
    found.fit = place.points === 0 ? 0 : Math.min(found.fit, place.fit);
  }
  if (found.places.every(({ points }) => points === 0)) return undefined;
  // What only begins as typed is no whole title where other words are missing.
  if (found.missing < 0 && found.fit <= PREFIX) found.fit = 0;
  return found;
}

/** Where any word may be missing, one with a slip is never worse than none. `isScattered`: only the words speak for the book. */
function hasSlip(
  { quality, any, respelled }: Reading,
  { places, typed }: Found,
  isScattered: boolean,
): boolean {
  if (any) return false;
  return (quality < 1 && respelled !== true) || places.some(({ fit }) => fit > 0 && fit < PREFIX) ||
    (isScattered && typed.some(({ whole }, at) => whole && places[at]!.fit === PREFIX));
}

/** Whether a word stands here as another one that says the same. */
const hasOtherForm = ({ respelled }: Reading, places: Place[]): boolean =>
  respelled === true || places.some(({ fit }) => fit === FORM);

const boostsOf = ({ popularity, acts }: SearchDocument): Pick<ScoreParts, "popularity" | "acts"> => ({
  popularity: boost(popularity, MAX_POPULARITY),
  acts: boost(acts, MAX_ACTS),
});
const boost = (count: number, most: number): number => Math.min(most, Math.log10(1 + count) * PER_TEN_TIMES);
