import { cut, normalForm } from "@/domain/text.ts";
import { indexTokens } from "@/domain/words.ts";
import { acronymsOf } from "@/domain/catalog/search/acronym.ts";
import type { Book } from "./book.ts";
import { worksOf } from "./work.ts";

/** What a book can be filtered by and counted for, as normal forms: an author, a subject, a language, a decade. */
export const FACET_KINDS = ["author", "subject", "language", "decade"] as const;
/** These, and a book's work: asked for by keys with a space between, of which a book has one (`editionsBy`). */
type FacetKind = (typeof FACET_KINDS)[number] | "work";
export type Facet = { kind: FacetKind; value: string };

/** Every word that a book is found by, and acronyms. */
export function tokensOf(book: Book): readonly string[] {
  let tokens = known.get(book);
  if (tokens === undefined) known.set(book, tokens = allTokens(book));
  return tokens;
}
/** A book is never changed, and its words are asked for by each table that it is written to. */
const known = new WeakMap<Book, readonly string[]>();

function allTokens(book: Book): string[] {
  const { title, subtitle = "", original_title = "", series = "", authors, contributors = [], subjects } = book;
  const number = book.series_number ?? "";
  const people = [...authors, ...contributors.map(({ name }) => name)];
  const texts = [title, subtitle, original_title, series, number, ...people, ...subjects];
  const isbn = book.isbn13 === undefined ? [] : [book.isbn13];
  return [...new Set([...texts.flatMap(indexTokens), ...isbn, ...acronymsOf(book)])];
}

/** The title as search compares it, cut to a length that every store can index. */
export const titleKey = (title: string): string => cut(normalForm(title), TITLE_KEY_LENGTH);
export const TITLE_KEY_LENGTH = 100;

/** Every filter that a book answers to. */
export function facetsOf(book: Book): readonly Facet[] {
  let facets = knownFacets.get(book);
  if (facets === undefined) knownFacets.set(book, facets = allFacets(book));
  return facets;
}
const knownFacets = new WeakMap<Book, readonly Facet[]>();

function allFacets(book: Book): Facet[] {
  return [
    ...book.authors.map((author) => facet("author", author)),
    ...book.subjects.map((subject) => facet("subject", subject)),
    ...(book.language === undefined ? [] : [facet("language", book.language)]),
    ...(book.year === undefined ? [] : [facet("decade", String(decadeOf(book.year)))]),
    ...worksOf(book).map((work) => facet("work", work)),
  ];
}

/** A filter in the form it is stored in. */
export const facet = (kind: FacetKind, value: string): Facet => ({
  kind,
  value: kind === "decade" || kind === "work" ? value : cut(normalForm(value), 100),
});

/** The first year of a year's decade: 1965 → 1960. */
const decadeOf = (year: number): number => Math.floor(year / 10) * 10;
