import { beginsBehindArticle, isFunctionWord } from "@/domain/catalog/search/query/function_words.ts";
import { kindOf } from "@/domain/catalog/search/query/part_words.ts";
import type { SearchDocument } from "@/domain/catalog/search/search_document.ts";
import { PREFIX, type Term } from "@/domain/catalog/search/search_term.ts";

const NUMBER = /^\d+(?:\.\d+)?$/;

/**
 * Whether the query has words of a series' name and the book's number. Next to a number in words, which may belong to a title, all
 * words of the name but function words are required. `1.5` and `1-3` are two words each in a query.
 */
export function hasNumberInSeries(terms: Term[], { seriesWords }: SearchDocument): boolean {
  if (seriesWords.length === 0) return false;
  const typed = terms.filter(({ optional }) => !optional);
  const last = typed.findLastIndex(isNumber);
  if (last < 0) return false;
  const first = typed.findLastIndex((term, at) => at < last && !isNumber(term)) + 1;
  const number = typed.slice(first, last + 1);
  const name = typed.toSpliced(first, number.length);
  if (name.length === 0) return false;
  return placesIn(seriesWords).some(({ words, place }) => {
    // A decimal is a single word in `seriesWords`.
    const parts = place.length === 1 ? place[0]!.split(".") : place;
    const fits = number.map(({ tokens }, at) => tokens.get(parts[at] ?? "") ?? 0);
    return parts.length === number.length && fits.every((fit) => fit > PREFIX) &&
      name.every((term) => words.some((word) => isWhole(term, word))) &&
      words.every((word) => !NUMBER.test(word) || name.some((term) => isWhole(term, word))) &&
      (fits.every((fit) => fit === 1) || isNameTyped(name, words));
  });
}

/** Whether the title names a part (`Saga, Vol. 02: …`), and the query has its name and number. A kind in the query must agree. */
export function isPartTyped(terms: Term[], { words }: SearchDocument): boolean {
  const number = terms.findLast(isNumber);
  if (number === undefined) return false;
  const kind = terms.find(({ tokens }) => tokens.keys().some(kindOf));
  const typed = terms.filter((term) => term !== number && term !== kind && !term.optional);
  if (typed.length === 0) return false;
  return words.some((word, at) =>
    kindOf(word) !== undefined && isWhole(number, (words[at + 1] ?? "").replace(/^0+/, "")) &&
    (kind === undefined || kind.tokens.keys().some((token) => kindOf(token) === kindOf(word))) &&
    isNameTyped(typed, words.slice(0, at)) &&
    typed.every((term) => words.slice(0, at).some((one) => isWhole(term, one)))
  );
}

/** Whether a text is the name of a series that gives the book a number. */
export const isNameOfSeries = (text: string, { seriesWords }: SearchDocument): boolean =>
  placesIn(seriesWords).some(({ words, place }) => place.length === 1 && words.join(" ") === text);

/** Whether the query is the name of a series, and the book is its first one. */
export const isFirstOfSeries = (terms: Term[], { seriesWords }: SearchDocument): boolean =>
  terms.every((term) => seriesWords.some((word) => isWhole(term, word))) &&
  placesIn(seriesWords).some(({ words, place }) =>
    place.length === 1 && place[0] === "1" && isNameTyped(terms, words) &&
    terms.every((term) => words.some((word) => isWhole(term, word)))
  );

/** The name of the series whose first book has this title, with or without an article. Undefined for any other book. */
export function seriesBegunBy(title: string, { title: own, seriesWords }: SearchDocument): string | undefined {
  if (own !== title && !beginsBehindArticle(own, title)) return undefined;
  if (!own.endsWith(title)) return undefined;
  return placesIn(seriesWords).find(({ place }) => place.length === 1 && place[0] === "1")?.words.join(" ");
}

/** Whether a term is a number. Cached, because it is called for each book. */
function isNumber(term: Term): boolean {
  let known = numbers.get(term);
  if (known === undefined) numbers.set(term, known = term.tokens.keys().some((token) => NUMBER.test(token)));
  return known;
}
const numbers = new WeakMap<Term, boolean>();
const isWhole = ({ tokens }: Term, word: string): boolean => (tokens.get(word) ?? 0) > PREFIX;
/** Whether the query has all words of a name but function words. */
const isNameTyped = (typed: Term[], words: string[]): boolean =>
  words.every((word) => isFunctionWord(word) || typed.some((term) => isWhole(term, word)));

/**
 * The possible names of series, each with the numbers after it. A number may also be part of a name (`The 39 Clues 3`): nothing marks
 * where one series ends and the next one begins.
 */
function placesIn(seriesWords: string[]): { words: string[]; place: string[] }[] {
  const places: { words: string[]; place: string[] }[] = [];
  const starts = [0];
  for (let at = 0; at < seriesWords.length; at++) {
    if (!NUMBER.test(seriesWords[at]!)) continue;
    let end = at;
    while (NUMBER.test(seriesWords[end] ?? "")) end++;
    const place = seriesWords.slice(at, end);
    for (const start of starts) if (start < at) places.push({ words: seriesWords.slice(start, at), place });
    starts.push(end);
    at = end;
  }
  return places;
}
