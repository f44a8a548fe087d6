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
/** The query is the title up to its subtitle. */
const MAIN = 22;
/** The query is all words of the title but function words, and an author's name. */
const WITH_AUTHOR = 0.7;
/** The query is all words of the title but function words (`hound baskervilles`), or the title in another order (`Island, The`). */
const TELLING = 0.7;
const OTHER_ORDER = 0.6;
const COVERAGE = 8;
/** The weight of a function word in coverage, relative to other words. */
const LITTLE = 0.5;

/** The rarity of words, as `Term.weight`. Empty when all words have the same weight. */
export type Weights = ReadonlyMap<string, number>;

/**
 * Points for the title as a whole, compared as text, or word by word to tolerate typos. `fit`: the lowest fit of any word.
 * `isBegun`: the query is a prefix of one word. `goesOn`: it ends with a space.
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
  // A prefix or a misspelt word is no evidence of a whole title.
  if (fit > PREFIX && !(inOrder && places.length === words.length) && isTitleButFunctionWords(words, places)) {
    return { exact: EXACT * fit * (isAscending(places) ? TELLING : OTHER_ORDER), start: 0 };
  }
  if (fit > PREFIX && isTitleWithAuthor(words, places)) return { exact: EXACT * fit * WITH_AUTHOR, start: 0 };
  const mayLackArticle = isBegun || (!goesOn && places.length === 1 && title.endsWith(text));
  if (text !== "" && mayLackArticle && beginsBehindArticle(title, text)) return { exact: 0, start: START };
  if (!inOrder) return { exact: 0, start: 0 };
  // The last word may be a prefix, so the query may not be the whole title yet.
  return places.length === words.length && fit !== PREFIX
    ? { exact: EXACT * fit * 0.95, start: 0 }
    : { exact: 0, start: START * fit * 0.95 };
}

/** Whether the query has several words, all from the title, and no word of the title is missing but function words. */
function isTitleButFunctionWords(words: string[], places: Place[]): boolean {
  if (places.length < 2 || places.some(({ field }) => field !== "title")) return false;
  return isWholeTitle(words, places);
}

/** Whether only function words are missing. For a single word, only a leading article may be: `three` is not `The Book of Three`. */
function isWholeTitle(words: string[], places: Place[]): boolean {
  const typed = new Set(places.map(({ at }) => words[at]));
  if (typed.size !== places.length) return false;
  const missing = words.filter((word) => !typed.has(word));
  if (missing.length === 0 || (missing.length === 1 && missing[0] === words[0] && isArticle(words[0]!))) return true;
  return missing.every(isFunctionWord) &&
    typed.values().filter((word) => isTelling(word!)).take(2).toArray().length > 1;
}

/** Whether a word identifies a title. Words such as `book` do when they are in the title. */
const isTelling = (word: string): boolean => !isFunctionWord(word) || isAround(word, 1);

/** Whether the query is the whole title and names of authors, a family name among them. */
function isTitleWithAuthor(words: string[], places: Place[]): boolean {
  const title = places.filter(({ field }) => field === "title");
  return title.length > 0 && places.every(({ field }) => field === "title" || field === "author") &&
    places.some(({ field, family }) => field === "author" && family) && isWholeTitle(words, title);
}

const isAscending = (places: Place[]): boolean =>
  places.every(({ at }, place) => place === 0 || at > places[place - 1]!.at);

/**
 * Points for the share of the title that is in the query. Each word counts by the cube of its weight: readers who choose words of a
 * title hardly ever leave out the rarest one.
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
