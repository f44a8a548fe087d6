import { cut, normalForm } from "@/domain/text.ts";
import { readTitle } from "@/domain/title.ts";
import { readWords } from "@/domain/words.ts";
import type { Book } from "@/domain/catalog/book.ts";
import { worksOf } from "@/domain/catalog/work.ts";

/**
 * What search knows of a book, in normal form and ready to compare. `title` and `series` are texts: catalogues write the series in
 * brackets behind the title. `main`: the title up to its subtitle, where it has one. `others` are further forms of the title's words, such as both halves of a hyphenated one as one word.
 */
export type SearchDocument = {
  id: string;
  popularity: number;
  /** How popular acts of readers have made it. */
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
  /** What tells its editions (`worksOf`), with a space between; empty where it is not known yet. */
  work: string;
};

/** The most words of a field that ranking reads. */
const MAX_WORDS = 60;

/** The document of a book as text to be stored, a line for each field. */
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

/** A place between two books: `#1.5`. */
const DECIMAL = /(?<![\d.,])\d+\.\d(?![\d.])/g;

/** The words of a series with each decimal, which is two words, as one. */
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
/** Stands between the names of a field, so that words of two of them are no neighbours. */
export const FIELD_END = "|";

const line = (words: readonly string[]): string => words.slice(0, MAX_WORDS).map((word) => cut(word, 64)).join(" ");
const wordsIn = (text: string): string[] => text === "" ? [] : text.split(" ");

/** A document as `documentText` writes it, for those that are kept in great numbers: one text is far less than its words. */
export const textOf = (document: SearchDocument): string => {
  const { title, main, series, words, seriesWords, others, authors, subjects, isbn13, work } = document;
  const lists = [words, seriesWords, others, authors, subjects].map((list) => list.join(" "));
  return [title, main, series, ...lists, isbn13, work].join("\n");
};

/** A stored document, with how popular the book is as imported and by acts. */
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
