import { readTitle } from "@/domain/title.ts";
import { separateWords } from "@/domain/text.ts";
import type { Book } from "@/domain/catalog/book.ts";
import { isArticle, isFunctionWord } from "@/domain/catalog/search/query/function_words.ts";
import { FIELD_END, type SearchDocument } from "@/domain/catalog/search/search_document.ts";
import { seriesOf } from "@/domain/catalog/series.ts";

/** The prefix of acronym tokens. Tokens of words never contain it. */
const MARK = "^";
const LATIN = /^[a-z0-9]+$/;
const MAX_LETTERS = 8;
/** The shortest acronym by field. Two letters suit a series (`hp 3`), but too many titles have two words. */
const MIN_LETTERS = { title: 3, series: 2, author: 3 };

/** The index token of an acronym of a title, a series or an author. */
export const acronymToken = (letters: string): string => MARK + letters;

/** Whether an index token is an acronym, not a word. */
export const isAcronymToken = (token: string): boolean => token.startsWith(MARK);

/** Whether a word may be an acronym. */
export const mayBeAcronym = (word: string): boolean =>
  word.length >= MIN_LETTERS.series && word.length <= MAX_LETTERS && LATIN.test(word) && !isFunctionWord(word);

/** The tokens of all acronyms of a book: `^lotr`, `^grrm`. */
export function acronymsOf(book: Book): string[] {
  const [main = ""] = readTitle(book.title).bare.split(/[:;]/);
  const [author = ""] = book.authors;
  return [
    ...acronyms(main, MIN_LETTERS.title),
    ...acronyms(seriesOf(book)?.name ?? "", MIN_LETTERS.series),
    ...acronyms(author, MIN_LETTERS.author),
  ].map(acronymToken);
}

/** The first letters of a name, with and without the article before it. */
function acronyms(name: string, least: number): string[] {
  const words = separateWords(name).split(" ");
  if (words.length < least || words.length > MAX_LETTERS + 1 || !words.every((word) => LATIN.test(word))) return [];
  const letters = words.map(([first]) => first).join("");
  const forms = isArticle(words[0]!) ? [letters, letters.slice(1)] : [letters];
  return forms.filter(({ length }) => length >= least && length <= MAX_LETTERS);
}

/** The title, series and author names of a book whose initials spell the acronym, as words separated by spaces. */
export function namesOf(letters: string, { words, main, seriesWords, authors }: SearchDocument): string[] {
  const titles = [words, main === "" ? [] : main.split(" ")].filter((title) => spells(letters, title) === title.length);
  const series = [0, ...seriesWords.keys().filter((at) => /^\d/.test(seriesWords[at]!)).map((at) => at + 1)]
    .map((start) => seriesWords.slice(start))
    .map((rest) => rest.slice(0, spells(letters, rest)));
  const names = authors.join(" ").split(FIELD_END).map((name) => name.trim().split(" "))
    .map((name) => name.slice(0, spells(letters, name)));
  return [...titles, ...series, ...names].filter(({ length }) => length > 0).map((name) => name.join(" "));
}

/** The number of leading words whose initials spell all the letters (a leading article is optional), or 0. */
function spells(letters: string, words: string[]): number {
  const whole = lettersFrom(letters, words, 0);
  return whole > 0 || !isArticle(words[0] ?? "") ? whole : lettersFrom(letters, words, 1);
}

function lettersFrom(letters: string, words: string[], start: number): number {
  let left = letters;
  let at = start;
  for (; left !== "" && at < words.length; at++) {
    const word = words[at]!;
    // Initials in a row are one word: `rr` of George R. R. Martin.
    if (word.length <= 3 && word.length > 1 && left.length > word.length && left.startsWith(word)) {
      left = left.slice(word.length);
    } else if (word[0] === left[0]) left = left.slice(1);
    else return 0;
  }
  return left === "" ? at : 0;
}
