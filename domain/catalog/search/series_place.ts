import { isFunctionWord } from "./function_words.ts";
import type { SearchDocument } from "./search_document.ts";
import { PREFIX, type Term } from "./search_term.ts";

const NUMBER = /^\d+$/;

/**
 * Whether words of a series' name were typed, and the book's number in it. A number in words may be one of a title, so that all telling
 * words of the name are wanted beside it. Collections of several books (`1-3`) have no number of their own.
 */
export function hasNumberInSeries(terms: Term[], { seriesWords }: SearchDocument): boolean {
  if (seriesWords.length === 0) return false;
  const typed = terms.filter(({ optional }) => !optional);
  const number = typed.findLast(({ tokens }) => tokens.keys().some((token) => NUMBER.test(token)));
  const name = typed.filter((term) => term !== number);
  if (number === undefined || name.length === 0) return false;
  return placesIn(seriesWords).some(({ words, place }) => {
    const fit = number.tokens.get(place) ?? 0;
    return fit > PREFIX && name.every((term) => words.some((word) => isWhole(term, word))) &&
      (fit === 1 || words.every((word) => isFunctionWord(word) || name.some((term) => isWhole(term, word))));
  });
}

/** Whether a text is the name of a series in which the book has a number. */
export const isNameOfSeries = (text: string, { seriesWords }: SearchDocument): boolean =>
  placesIn(seriesWords).some(({ words }) => words.join(" ") === text);

const isWhole = ({ tokens }: Term, word: string): boolean => (tokens.get(word) ?? 0) > PREFIX;

/** The names of series, each with the number behind it. A name with several numbers in a row is that of a collection. */
function placesIn(seriesWords: string[]): { words: string[]; place: string }[] {
  const places: { words: string[]; place: string }[] = [];
  let start = 0;
  for (const [at, word] of seriesWords.entries()) {
    if (!NUMBER.test(word)) continue;
    const isRange = at === start || NUMBER.test(seriesWords[at + 1] ?? "");
    if (!isRange) places.push({ words: seriesWords.slice(start, at), place: word });
    start = at + 1;
  }
  return places;
}
