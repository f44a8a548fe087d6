import { cut, normalForm } from "@/domain/text.ts";
import { readTitle } from "@/domain/title.ts";
import { readWords } from "@/domain/words.ts";
import type { Book } from "@/domain/catalog/book.ts";
import { worksOf } from "@/domain/catalog/work.ts";

/**
 * A book as ranking compares it, in normal form. `title` has no series in brackets, which is in `series`. `main`: the title up to its
 * subtitle, if it has one. `others`: further forms of the title's words, such as a hyphenated word as one, and words of other titles.
 */
export type SearchDocument = {
  id: string;
  popularity: number;
  /** The popularity from readers' acts. */
  acts: number;
  title: string;
  main: string;
  series: string;
  words: string[];
  seriesWords: string[];
  others: string[];
  authors: string[];
  subjects: string[];
  isbn13: string;
  /** The keys of its work (`worksOf`), separated by spaces. Empty until the document is indexed again after an upgrade. */
  work: string;
};

/** The maximum number of indexed words per field. */
const MAX_WORDS = 60;

/** Serializes the search document of a book, one line per field. `readDocument` parses it. */
export function documentText(book: Book): string {
  const { title, subtitle = "", original_title = "", authors, contributors = [], subjects, isbn13 } = book;
  const told = [book.series ?? "", book.series_number ?? ""].join(" ").trim();
  const { bare, brackets } = readTitle(title);
  const series = [told, ...brackets].join(" ").trim();
  const [read, readSeries] = [readWords(bare), readWords(series)];
  const decimals = series.match(DECIMAL) ?? [];
  const more = [subtitle, original_title].flatMap((text) => readWords(text).words);
  return [
    normalForm(bare),
    normalForm(/^(.+?)\s*(?::|;|\s[-–—]\s)/u.exec(bare)?.[1] ?? ""),
    normalForm(series),
    line(read.words),
    line(withDecimals(readSeries.words, decimals)),
    line([...read.others, ...readSeries.others, ...decimals.flatMap((number) => number.split(".")), ...more]),
    line([...authors, ...contributors.map(({ name }) => name)].flatMap((name) => allWords(name))),
    line(subjects.flatMap((subject) => allWords(subject))),
    isbn13 ?? "",
    worksOf(book).join(" "),
  ].join("\n");
}

/** The number of a book between two others of a series: `#1.5`. */
const DECIMAL = /(?<![\d.,])\d+\.\d(?![\d.])/g;

/** Joins the two words of each decimal in the words of a series: `1`, `5` → `1.5`. */
function withDecimals(words: readonly string[], decimals: string[]): string[] {
  const joined = [...words];
  for (const decimal of decimals) {
    const [whole, part] = decimal.split(".");
    const at = joined.findIndex((word, place) => word === whole && joined[place + 1] === part);
    if (at >= 0) joined.splice(at, 2, decimal);
  }
  return joined;
}

const allWords = (text: string): string[] => {
  const { words, others } = readWords(text);
  return [...words, ...others, FIELD_END];
};
/** Ends each name of a field, so that the last word of one name and the first of the next are not adjacent. */
export const FIELD_END = "|";

const line = (words: readonly string[]): string => words.slice(0, MAX_WORDS).map((word) => cut(word, 64)).join(" ");
const wordsIn = (text: string): string[] => text === "" ? [] : text.split(" ");

/** Serializes a document as `documentText` does. A large cache keeps this text, which takes far less memory than the words. */
export const textOf = (document: SearchDocument): string => {
  const { title, main, series, words, seriesWords, others, authors, subjects, isbn13, work } = document;
  const lists = [words, seriesWords, others, authors, subjects].map((list) => list.join(" "));
  return [title, main, series, ...lists, isbn13, work].join("\n");
};

/** Parses the text of `documentText`. `popularity`: as imported; `acts`: from readers' acts. */
export function readDocument(
  id: string,
  { popularity, acts }: { popularity: number; acts: number },
  text: string,
): SearchDocument {
  const [
    title = "",
    main = "",
    series = "",
    words = "",
    seriesWords = "",
    others = "",
    authors = "",
    subjects = "",
    isbn13 = "",
    work = "",
  ] = text.split("\n");
  return {
    id,
    popularity,
    acts,
    title,
    main,
    series,
    words: wordsIn(words),
    seriesWords: wordsIn(seriesWords),
    others: wordsIn(others),
    authors: wordsIn(authors),
    subjects: wordsIn(subjects),
    isbn13,
    work,
  };
}
