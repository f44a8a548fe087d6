import { isFunctionWord } from "./function_words.ts";
import type { SearchDocument } from "./search_document.ts";
import type { SearchField, SearchQuery } from "./search_query.ts";
import { hasNumberInSeries, isFirstOfSeries, isNameOfSeries, isPartTyped } from "./series_place.ts";
import { placeOfInitials } from "./initials.ts";
import { findTerm, isFamilyName, type Place, PREFIX, type Term } from "./search_term.ts";

/**
 * One way to read a query. `quality`: 1 as typed, less where words were joined or split, or are perhaps acronyms. `any`: not every term
 * must be there. `text`: the normal form of what is searched for, where it is not what was typed.
 */
export type Reading = { terms: Term[]; quality: number; any: boolean; text?: string };

/** What a score is made of. */
type ScoreParts = {
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
  /** What was not found at all. */
  missing: number;
  /** As imported. */
  popularity: number;
  /** By what readers do. */
  acts: number;
};

/** How rare words are, as `Term.weight`; empty where all count alike. */
type Weights = ReadonlyMap<string, number>;
const NO_WEIGHTS: Weights = new Map();

/** A book with the score that its rank comes from; only the order of scores means something. */
export type RankedBook = { id: string; work: string; score: number; why: ScoreParts };

const EXACT = 40;
const START = 15;
/** The title up to its subtitle. */
const MAIN = 22;
/** All telling words of the title, and beside them an author's name alone. */
const WITH_AUTHOR = 0.7;
/** All telling words of the title and no others: `hound baskervilles`; in another order: `Island, The`. */
const TELLING = 0.7;
const OTHER_ORDER = 0.6;
const NEAR = 8;
/** Two adjacent words in the other order, relative to the typed order. */
const REVERSED = 0.4;
const AUTHOR = 18;
/** A book by somebody with these words in its title comes before one about them. */
const TITLE_AND_AUTHOR = 5;
const COVERAGE = 8;
/** The number of a book in a series says which one is meant, whatever other titles have the series' name. */
const NUMBER_IN_SERIES = 25;
const NAME_OF_SERIES = 12;
/** Who types the name of a series most likely begins it. */
const FIRST_OF_SERIES = 5;
const SLIPS = -45;
const MISSING = -12;
/** Words that say little are missing in a book of which nothing else was typed as a whole: a slip is likelier. */
const MISSING_AND_SCATTERED = -30;
const MISSING_OPTIONAL = { little: -30, around: -12 };
/** Popularity decides between like matches, never against a better one: at most this many points. */
const MAX_POPULARITY = 4;
const PER_TEN_TIMES = 0.6;
/** As popularity, for acts of readers. */
const MAX_ACTS = 2;

/**
 * Books that match a reading of the query, best first; ties by id. The same list for every store, as it is a pure function of
 * documents. `titleWeights`: of words of their titles.
 */
export function rankBooks(
  query: SearchQuery,
  readings: Reading[],
  documents: SearchDocument[],
  titleWeights = NO_WEIGHTS,
): RankedBook[] {
  const ranked: RankedBook[] = [];
  for (const document of documents) {
    if (isLeftOut(query, document)) continue;
    let best: RankedBook | undefined;
    for (const reading of readings) {
      const why = score(query, reading, document, titleWeights);
      if (why === undefined) continue;
      const total = sum(why);
      if (best === undefined || total > best.score) best = { id: document.id, work: document.work, score: total, why };
    }
    if (best !== undefined) ranked.push(best);
  }
  return ranked.sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
}

const sum = (why: ScoreParts): number =>
  why.isbn + why.words + why.exact + why.start + why.near + why.author + why.series + why.coverage + why.slips +
  why.missing +
  why.popularity + why.acts;

/** The parts of a book's score, or undefined where a word that must be there is missing. */
function score(
  query: SearchQuery,
  reading: Reading,
  document: SearchDocument,
  titleWeights: Weights,
): ScoreParts | undefined {
  const popularity = boost(document.popularity, MAX_POPULARITY);
  const acts = boost(document.acts, MAX_ACTS);
  if (query.isbn13 !== undefined && query.isbn13 === document.isbn13) {
    return {
      isbn: 1000,
      words: 0,
      exact: 0,
      start: 0,
      near: 0,
      author: 0,
      series: 0,
      coverage: 0,
      slips: 0,
      missing: 0,
      popularity,
      acts,
    };
  }
  const { terms, quality, any, text = query.text } = reading;
  const places: Place[] = [];
  let words = 0;
  let missing = 0;
  let fit = quality;
  const typed: Term[] = [];
  for (const [at, term] of terms.entries()) {
    const found = findTerm(term, document, places.at(-1));
    const place = placeOfInitials(terms, at, document, found) ?? found;
    if (place.points === 0 && term.optional) {
      missing += MISSING_OPTIONAL[term.optional];
      if (term.optional === "little") fit = 0;
      continue;
    }
    typed.push(term);
    places.push(place);
    words += place.points * term.weight;
    if (place.points === 0) {
      if (!any) return undefined;
      missing += MISSING * term.weight;
      fit = 0;
    } else fit = Math.min(fit, place.fit);
  }
  if (places.every(({ points }) => points === 0)) return undefined;
  // What only begins as typed is no whole title where other words are missing.
  if (missing < 0 && fit <= PREFIX) fit = 0;
  const { exact, start } = compareTitle(text, document, places, fit);
  const title = { exact: exact * quality, start: start * quality };
  const author = authorPoints(query, typed, places, document) * quality;
  const series = seriesPoints(text, terms, typed, places, document) * quality;
  const near = NEAR * nearness(places) * quality;
  const isScattered = title.exact + title.start + author + series + near === 0;
  if (typed.length < terms.length && title.exact + title.start + author + series === 0) {
    missing += MISSING_AND_SCATTERED;
  }
  return {
    isbn: 0,
    words: words * quality,
    ...title,
    near,
    author,
    series,
    coverage: COVERAGE * coverage(document, places, titleWeights),
    // Where any word may be missing, one with a slip is never worse than none.
    slips: !any &&
        (quality < 1 || places.some(({ fit }) => fit > 0 && fit < PREFIX) ||
          (isScattered && typed.some(({ whole }, at) => whole && places[at]!.fit === PREFIX)))
      ? SLIPS
      : 0,
    missing,
    popularity,
    acts,
  };
}

const boost = (count: number, most: number): number => Math.min(most, Math.log10(1 + count) * PER_TEN_TIMES);

/** How the title compares with all that was typed: as text, or word by word where words were mistyped. */
function compareTitle(
  text: string,
  { title, main, series, words }: SearchDocument,
  places: Place[],
  fit: number,
): { exact: number; start: number } {
  if (text !== "") {
    if (title === text || (series !== "" && `${title} ${series}` === text)) return { exact: EXACT, start: 0 };
    if (main === text) return { exact: 0, start: MAIN };
    if (title.startsWith(text)) return { exact: 0, start: START };
  }
  const inOrder = places.every(({ field, at }, place) => field === "title" && at === place);
  // What only begins as typed, or is like it, is no sign that the title is all there.
  if (fit > PREFIX && !(inOrder && places.length === words.length) && isTitleButFunctionWords(words, places)) {
    return { exact: EXACT * fit * (isAscending(places) ? TELLING : OTHER_ORDER), start: 0 };
  }
  if (fit > PREFIX && isTitleWithAuthor(words, places)) return { exact: EXACT * fit * WITH_AUTHOR, start: 0 };
  if (!inOrder) return { exact: 0, start: 0 };
  return places.length === words.length
    ? { exact: EXACT * fit * 0.95, start: 0 }
    : { exact: 0, start: START * fit * 0.95 };
}

/** Whether several words were typed, all of the title, and among them all that say something. */
function isTitleButFunctionWords(words: string[], places: Place[]): boolean {
  if (places.length < 2 || places.some(({ field }) => field !== "title")) return false;
  return isWholeTitle(words, places);
}

function isWholeTitle(words: string[], places: Place[]): boolean {
  const typed = new Set(places.map(({ at }) => words[at]));
  return typed.size === places.length && words.every((word) => typed.has(word) || isFunctionWord(word));
}

/** Whether an author's family name was typed beside all of the title. */
function isTitleWithAuthor(words: string[], places: Place[]): boolean {
  const title = places.filter(({ field }) => field === "title");
  return title.length > 0 && places.every(({ field }) => field === "title" || field === "author") &&
    places.some(({ field, family }) => field === "author" && family) && isWholeTitle(words, title);
}

const isAscending = (places: Place[]): boolean =>
  places.every(({ at }, place) => place === 0 || at > places[place - 1]!.at);

/** The share of neighbours of the query that are neighbours in the book. */
function nearness(places: Place[]): number {
  if (places.length < 2) return 0;
  let near = 0;
  for (let at = 1; at < places.length; at++) {
    const [a, b] = [places[at - 1]!, places[at]!];
    if (a.field === undefined || a.field !== b.field) continue;
    if (b.at === a.at + 1) near += 1;
    else if (b.at > a.at && b.at <= a.at + 3) near += 0.5;
    else if (b.at === a.at - 1) near += REVERSED;
  }
  return near / (places.length - 1);
}

function authorPoints(query: SearchQuery, terms: Term[], places: Place[], document: SearchDocument): number {
  if (isName(places, query.familyFirst)) return AUTHOR;
  return isTitleAndAuthor(terms, places, document) ? TITLE_AND_AUTHOR * Math.min(...places.map(({ fit }) => fit)) : 0;
}

/** Whether an author's family name was typed, and beside it nothing but words of the title. Titles may name their author too. */
const isTitleAndAuthor = (terms: Term[], places: Place[], document: SearchDocument): boolean =>
  places.some(({ field }) => field !== "author") &&
  places.every(({ field, family }) => field === "author" ? family : field !== undefined && field !== "subject") &&
  places.some(({ family }, at) => family || isFamilyName(terms[at]!, document));

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

/**
 * A number tells a book of its series. The name alone puts its books first among titles that begin with it, and its
 * first book where no title has a word of it.
 */
function seriesPoints(
  text: string,
  all: Term[],
  terms: Term[],
  places: Place[],
  document: SearchDocument,
): number {
  if (hasNumberInSeries(terms, document) || isPartTyped(all, document)) return NUMBER_IN_SERIES;
  if (terms.length > 1 && document.title.startsWith(text) && isNameOfSeries(text, document)) return NAME_OF_SERIES;
  return places.every(({ field }) => field !== "title") && isFirstOfSeries(terms, document) ? FIRST_OF_SERIES : 0;
}

/** A little word of a title, against one that says something. */
const LITTLE = 0.5;

/**
 * The share of the title that was typed. With weights its words count by their cubes: who chooses words for their rarity hardly ever
 * leaves out the rarest one.
 */
function coverage({ words }: SearchDocument, places: Place[], weights: Weights): number {
  const typed = new Map(places.filter(({ field }) => field === "title").map(({ at, fit }) => [at, fit]));
  let [all, found] = [0, 0];
  for (const [at, word] of words.entries()) {
    const share = (isFunctionWord(word) ? LITTLE : 1) * (weights.get(word) ?? 1) ** 3;
    all += share;
    found += share * (typed.get(at) ?? 0);
  }
  return all === 0 ? 0 : found / all;
}

/** Whether a book lacks a phrase in quotes, or has what must not be there. */
function isLeftOut({ phrases, without }: SearchQuery, document: SearchDocument): boolean {
  if (phrases.length === 0 && without.length === 0) return false;
  return without.some(({ text, field }) => fieldsOf(document, field).some((words) => words.includes(text))) ||
    phrases.some(({ text, field }) =>
      !fieldsOf(document, field).some((words) => ` ${words.join(" ")} `.includes(` ${text} `))
    );
}

function fieldsOf(document: SearchDocument, field: SearchField | undefined): string[][] {
  const { words, seriesWords, others, authors, subjects, isbn13 } = document;
  const all = { title: [words, seriesWords, others], author: [authors], subject: [subjects], isbn: [[isbn13]] };
  return field === undefined ? Object.values(all).flat() : all[field];
}
