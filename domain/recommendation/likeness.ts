import { cut, normalForm } from "@/domain/text.ts";
import { readTitle } from "@/domain/title.ts";

/** The properties of a book that the engine uses. `work`: the key that all editions of a work share. */
export type BookFacts = {
  id: string;
  title: string;
  authors: string[];
  subjects: string[];
  year?: number;
  language?: string;
  series?: string;
  work?: string;
  popularity: number;
};

/** What two books have in common. `what`: the shared name, as the first book writes it. */
type Likeness = { by: "series" | "author" | "subject"; what: string };

const WEIGHT = { series: 0.5, author: 0.35, subject: 0.25 };
const OTHER_LANGUAGE = 0.6;

/** Returns the features by which books without common readers are found: authors, series and subjects in normal form. */
export function featuresOf(book: BookFacts): string[] {
  const { authors, subjects, series } = namesOf(book);
  return [
    ...authors.map((author) => `author:${author}`),
    ...subjects.map((subject) => `subject:${subject}`),
    ...(series === undefined ? [] : [`series:${series}`]),
  ].map((feature) => cut(feature, 100));
}

/** Returns the series that a title names in brackets: `Dune Messiah (Dune, #2)` → `Dune`. */
export const seriesOf = (title: string): string | undefined => readTitle(title).series?.name || undefined;

/** Returns the strongest thing that two books have in common, or undefined if there is none. */
export function likeness(a: BookFacts, b: BookFacts): Likeness | undefined {
  const [own, other] = [namesOf(a), namesOf(b)];
  if (own.series !== undefined && own.series === other.series) {
    return { by: "series", what: a.series ?? seriesOf(a.title)! };
  }
  const author = a.authors.find((name) => other.authors.includes(normalForm(name)));
  if (author !== undefined) return { by: "author", what: author };
  const subject = a.subjects.find((name) => other.subjects.includes(normalForm(name)));
  return subject === undefined ? undefined : { by: "subject", what: subject };
}

/** Returns the content similarity of two books, 0..1. `subjects`, `union`: how many subjects both have, and how many either has. */
export function degreeOf(
  series: boolean,
  author: boolean,
  subjects: number,
  union: number,
  isOtherLanguage: boolean,
): number {
  const sum = (series ? WEIGHT.series : 0) + (author ? WEIGHT.author : 0) +
    (subjects === 0 ? 0 : WEIGHT.subject * subjects / union);
  return Math.min(1, sum) * (isOtherLanguage ? OTHER_LANGUAGE : 1);
}

/** Ranks the more popular of two equally similar books first. */
export const boost = (book: BookFacts): number => 1 + Math.log10(1 + book.popularity) / 20;

/** A book's distinct names in normal form. */
type Names = { authors: string[]; subjects: string[]; series: string | undefined };
const names = new WeakMap<BookFacts, Names>();

/** Returns a book's names. They are computed once per book. */
export function namesOf(book: BookFacts): Names {
  const known = names.get(book);
  if (known !== undefined) return known;
  const series = book.series ?? seriesOf(book.title);
  const made = {
    authors: [...new Set(book.authors.map(normalForm))],
    subjects: [...new Set(book.subjects.map(normalForm))],
    series: series === undefined ? undefined : normalForm(series),
  };
  names.set(book, made);
  return made;
}
