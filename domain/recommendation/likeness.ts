import { cut, normalForm } from "@/domain/text.ts";
import { readTitle } from "@/domain/title.ts";

/** What the engine knows of a book. */
export type BookFacts = {
  id: string;
  title: string;
  authors: string[];
  subjects: string[];
  year?: number;
  language?: string;
  popularity: number;
};

/** How two books are alike, 0..1, and by what most of all. */
type Likeness = { degree: number; by: "series" | "author" | "subject"; what: string };

const WEIGHT = { series: 0.5, author: 0.35, subject: 0.25 };
const OTHER_LANGUAGE = 0.6;

/** The features that books are found by when nobody has read along: authors, series and subjects in normal form. */
export function featuresOf(book: BookFacts): string[] {
  const series = seriesOf(book.title);
  return [
    ...book.authors.map((author) => `author:${normalForm(author)}`),
    ...book.subjects.map((subject) => `subject:${normalForm(subject)}`),
    ...(series === undefined ? [] : [`series:${normalForm(series)}`]),
  ].map((feature) => cut(feature, 100));
}

/** The series that a catalogue writes behind a title: `Dune Messiah (Dune, #2)` → `Dune`. */
export const seriesOf = (title: string): string | undefined => readTitle(title).series?.name || undefined;

/** How alike two books are by their facts, or undefined where they share nothing. */
export function likeness(a: BookFacts, b: BookFacts): Likeness | undefined {
  const author = shared(a.authors, b.authors);
  const subjects = a.subjects.filter((subject) => has(b.subjects, subject));
  const series = seriesOf(a.title);
  const sameSeries = series !== undefined && normalForm(series) === normalForm(seriesOf(b.title) ?? "");
  const all = new Set([...a.subjects, ...b.subjects].map(normalForm)).size;
  const parts: Likeness[] = [
    ...(sameSeries ? [{ degree: WEIGHT.series, by: "series" as const, what: series }] : []),
    ...(author === undefined ? [] : [{ degree: WEIGHT.author, by: "author" as const, what: author }]),
    ...(subjects.length === 0
      ? []
      : [{ degree: WEIGHT.subject * subjects.length / all, by: "subject" as const, what: subjects[0]! }]),
  ];
  const [first] = parts;
  if (first === undefined) return undefined;
  const sum = parts.reduce((total, part) => total + part.degree, 0);
  const language = a.language !== undefined && b.language !== undefined && a.language !== b.language
    ? OTHER_LANGUAGE
    : 1;
  return { ...first, degree: Math.min(1, sum) * language };
}

const has = (names: string[], name: string): boolean => names.some((other) => normalForm(other) === normalForm(name));
const shared = (a: string[], b: string[]): string | undefined => a.find((name) => has(b, name));
