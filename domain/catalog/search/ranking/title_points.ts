import {
  beginsBehindArticle,
  isAround,
  isArticle,
  isFunctionWord,
} from "@/domain/catalog/search/query/function_words.ts";
import type { SearchDocument } from "@/domain/catalog/search/search_document.ts";
import { type Place, PREFIX } from "@/domain/catalog/search/search_term.ts";

const EXACT = 40;
const START = 15;
/** The title up to its subtitle. */
const MAIN = 22;
/** All telling words of the title, and beside them an author's name alone. */
const WITH_AUTHOR = 0.7;
/** All telling words of the title and no others: `hound baskervilles`; in another order: `Island, The`. */
const TELLING = 0.7;
const OTHER_ORDER = 0.6;
const COVERAGE = 8;
/** A little word of a title, against one that says something. */
const LITTLE = 0.5;

/** How rare words are, as `Term.weight`; empty where all count alike. */
export type Weights = ReadonlyMap<string, number>;

/**
 * How the title compares with all that was typed: as text, or word by word where words were mistyped. `fit`: of the worst word.
 * `isBegun`: it is the beginning of one word. `goesOn`: another word is to come.
 */
export function titlePoints(
  text: string,
  { title, main, series, words }: SearchDocument,
  places: Place[],
  { fit, isBegun, goesOn }: { fit: number; isBegun: boolean; goesOn: boolean },
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
  const mayLackArticle = isBegun || (!goesOn && places.length === 1 && title.endsWith(text));
  if (text !== "" && mayLackArticle && beginsBehindArticle(title, text)) return { exact: 0, start: START };
  if (!inOrder) return { exact: 0, start: 0 };
  // While its last word is typed, nobody knows that the title ends with it.
  return places.length === words.length && fit !== PREFIX
    ? { exact: EXACT * fit * 0.95, start: 0 }
    : { exact: 0, start: START * fit * 0.95 };
}

/** Whether several words were typed, all of the title, and among them all that say something. */
function isTitleButFunctionWords(words: string[], places: Place[]): boolean {
  if (places.length < 2 || places.some(({ field }) => field !== "title")) return false;
  return isWholeTitle(words, places);
}

/** One telling word is the whole title where nothing but an article in front is missing: `three` is not `The Book of Three`. */
function isWholeTitle(words: string[], places: Place[]): boolean {
  const typed = new Set(places.map(({ at }) => words[at]));
  if (typed.size !== places.length) return false;
  const missing = words.filter((word) => !typed.has(word));
  if (missing.length === 0 || (missing.length === 1 && missing[0] === words[0] && isArticle(words[0]!))) return true;
  return missing.every(isFunctionWord) &&
    typed.values().filter((word) => isTelling(word!)).take(2).toArray().length > 1;
}

/** `book` tells where it is in the title. */
const isTelling = (word: string): boolean => !isFunctionWord(word) || isAround(word, 1);

/** Whether an author's family name was typed beside all of the title. */
function isTitleWithAuthor(words: string[], places: Place[]): boolean {
  const title = places.filter(({ field }) => field === "title");
  return title.length > 0 && places.every(({ field }) => field === "title" || field === "author") &&
    places.some(({ field, family }) => field === "author" && family) && isWholeTitle(words, title);
}

const isAscending = (places: Place[]): boolean =>
  places.every(({ at }, place) => place === 0 || at > places[place - 1]!.at);

/**
 * Points for the share of the title that was typed. With weights its words count by their cubes: who chooses words for their rarity hardly ever
 * leaves out the rarest one.
 */
export function coveragePoints({ words }: SearchDocument, places: Place[], weights: Weights): number {
  const typed = new Map(places.filter(({ field }) => field === "title").map(({ at, fit }) => [at, fit]));
  let [all, found] = [0, 0];
  for (const [at, word] of words.entries()) {
    const share = (isFunctionWord(word) ? LITTLE : 1) * (weights.get(word) ?? 1) ** 3;
    all += share;
    found += share * (typed.get(at) ?? 0);
  }
  return all === 0 ? 0 : COVERAGE * (found / all);
}
