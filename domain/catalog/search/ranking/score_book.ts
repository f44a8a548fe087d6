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
 * One interpretation of a query. `quality`: 1 as typed, less with words joined, split or taken for acronyms. `any`: a book may lack
 * any term. `text`: the normal form of the interpretation, if it differs from the query. `respelled`: another spelling with the same
 * meaning (`catch 22`), so that no word counts as a typo.
 */
export type Reading = { terms: Term[]; quality: number; any: boolean; text?: string; respelled?: true };

/** The parts of a score. */
export type ScoreParts = {
  isbn: number;
  /** The sum over all words, each by its field, its rarity and its fit. */
  words: number;
  /** The query is the title. */
  exact: number;
  /** The title begins with the query, or the query is the title up to its subtitle. */
  start: number;
  /** The words are adjacent, in the order of the query. */
  near: number;
  /** The query is an author's name, or an author's name and words of the title. */
  author: number;
  /** The query has the name of the book's series, in full or with the book's number. */
  series: number;
  /** The share of the title that is in the query. */
  coverage: number;
  /**
   * A penalty for typos and for joined or split words, so that matches of the query as typed come first; and for a known word that is
   * only a prefix of another word here, when the book has points for words only.
   */
  slips: number;
  /** A penalty for another form of a word, so that books with the typed form come first. Not for numbers of a series. */
  form: number;
  /** A penalty for words that the book lacks. */
  missing: number;
  /** A penalty for a collection when the query is an author or a series: a single book is more likely meant. */
  collection: number;
  /** Popularity as imported. */
  popularity: number;
  /** Popularity from readers' acts. */
  acts: number;
};

const SAME_ISBN = 1000;
const SLIPS = -45;
/** The sum of the maximum points of coverage, popularity and acts. */
const OTHER_FORM = -14;
const MISSING = -12;
/** More than the points of a collection's title, which often has the author's name. */
const COLLECTION = -12;
/** Optional words are missing, and the query is no whole title, author or series: a typo is more likely. */
const MISSING_AND_SCATTERED = -30;
const MISSING_OPTIONAL = { little: -30, around: -12 };
/** The maximum points for popularity, low enough to decide between equal matches only. */
export const MAX_POPULARITY = 4;
export const PER_TEN_TIMES = 0.6;
/** The maximum points for popularity from readers' acts. */
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

/** The sum of the parts of a score. */
export const totalOf = (parts: ScoreParts): number =>
  parts.isbn + parts.words + parts.exact + parts.start + parts.near + parts.author + parts.series + parts.coverage +
  parts.slips + parts.form + parts.missing + parts.collection + parts.popularity + parts.acts;

/** Whether the query is one word that the catalogue lacks, so that it is probably a prefix. */
const isBegun = ({ terms }: Reading): boolean => terms.length === 1 && terms[0]!.whole === false;

/** The parts of a book's score, or undefined when a required word is missing. */
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
 * The places of the terms in a book. `typed`: the terms that were found or are required, with their `places`. `words`, `missing`:
 * points. `fit`: the lowest fit of any place, or 0 when a required term or a function word is missing.
 */
type Found = { typed: Term[]; places: Place[]; words: number; missing: number; fit: number };

/** Finds the terms in a book. Undefined when a required term is missing, or all are. */
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
  // With words missing, a prefix match cannot make up a whole title.
  if (found.missing < 0 && found.fit <= PREFIX) found.fit = 0;
  return found;
}

/** Whether the typo penalty applies. Never with `any`: there, a misspelt word must not be worse than a missing one. */
function hasSlip(
  { quality, any, respelled }: Reading,
  { places, typed }: Found,
  isScattered: boolean,
): boolean {
  if (any) return false;
  return (quality < 1 && respelled !== true) || places.some(({ fit }) => fit > 0 && fit < PREFIX) ||
    (isScattered && typed.some(({ whole }, at) => whole && places[at]!.fit === PREFIX));
}

/** Whether the book has another form of a typed word. */
const hasOtherForm = ({ respelled }: Reading, places: Place[]): boolean =>
  respelled === true || places.some(({ fit }) => fit === FORM);

const boostsOf = ({ popularity, acts }: SearchDocument): Pick<ScoreParts, "popularity" | "acts"> => ({
  popularity: boost(popularity, MAX_POPULARITY),
  acts: boost(acts, MAX_ACTS),
});
const boost = (count: number, most: number): number => Math.min(most, Math.log10(1 + count) * PER_TEN_TIMES);
