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
  const [own, other] = [namesOf(a), namesOf(b)];
  const author = a.authors.find((_, at) => other.authors.has(own.authorAt[at]!));
  const subjects = a.subjects.filter((_, at) => other.subjects.has(own.subjectAt[at]!));
  const sameSeries = own.series !== undefined && own.series === other.series;
  if (author === undefined && subjects.length === 0 && !sameSeries) return undefined;
  const bySeries = sameSeries ? WEIGHT.series : 0;
  const byAuthor = author === undefined ? 0 : WEIGHT.author;
  const bySubject = subjects.length === 0 ? 0 : WEIGHT.subject * subjects.length / sizeOfUnion(own, other);
  const sum = bySeries + byAuthor + bySubject;
  const language = a.language !== undefined && b.language !== undefined && a.language !== b.language
    ? OTHER_LANGUAGE
    : 1;
  const degree = Math.min(1, sum) * language;
  if (sameSeries) return { degree, by: "series", what: seriesOf(a.title)! };
  return author === undefined ? { degree, by: "subject", what: subjects[0]! } : { degree, by: "author", what: author };
}

function sizeOfUnion(own: Names, other: Names): number {
  let size = own.subjects.size;
  for (const subject of other.subjects) if (!own.subjects.has(subject)) size++;
  return size;
}

/** A book's names in normal form, in the order of its facts and as sets. */
type Names = {
  authorAt: string[];
  subjectAt: string[];
  authors: Set<string>;
  subjects: Set<string>;
  series: string | undefined;
};
const names = new WeakMap<BookFacts, Names>();

/** Made once per book: a list compares 20 books with a thousand others each. */
function namesOf(book: BookFacts): Names {
  const so = names.get(book);
  if (so !== undefined) return so;
  const authorAt = book.authors.map(normalForm);
  const subjectAt = book.subjects.map(normalForm);
  const series = seriesOf(book.title);
  const made = {
    authorAt,
    subjectAt,
    authors: new Set(authorAt),
    subjects: new Set(subjectAt),
    series: series === undefined ? undefined : normalForm(series),
  };
  names.set(book, made);
  return made;
}
