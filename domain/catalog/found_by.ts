import { cut, normalForm } from "@/domain/text.ts";
import { indexTokens } from "@/domain/words.ts";
import { acronymsOf } from "@/domain/catalog/search/acronym.ts";
import type { Book } from "./book.ts";
import { worksOf } from "./work.ts";

/** The facets of a book, whose values are normal forms. */
export const FACET_KINDS = ["author", "subject", "language", "decade"] as const;
/** A facet, or the work of a book. The value of `work` is one or more keys of `editionsBy`, separated by spaces. */
type FacetKind = (typeof FACET_KINDS)[number] | "work";
export type Facet = { kind: FacetKind; value: string };

/** Every token by which a book is found, with acronyms. */
export function tokensOf(book: Book): readonly string[] {
  let tokens = known.get(book);
  if (tokens === undefined) known.set(book, tokens = allTokens(book));
  return tokens;
}
/** A `Book` is never changed, and every table that stores it needs its tokens. */
const known = new WeakMap<Book, readonly string[]>();

function allTokens(book: Book): string[] {
  const { title, subtitle = "", original_title = "", series = "", authors, contributors = [], subjects } = book;
  const number = book.series_number ?? "";
  const people = [...authors, ...contributors.map(({ name }) => name)];
  const texts = [title, subtitle, original_title, series, number, ...people, ...subjects];
  const isbn = book.isbn13 === undefined ? [] : [book.isbn13];
  return [...new Set([...texts.flatMap(indexTokens), ...isbn, ...acronymsOf(book)])];
}

/** The normal form of a title, cut to a length that every store can index. */
export const titleKey = (title: string): string => cut(normalForm(title), TITLE_KEY_LENGTH);
export const TITLE_KEY_LENGTH = 100;

/** All facets and works of a book. */
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

/** A facet in its stored form. */
export const facet = (kind: FacetKind, value: string): Facet => ({
  kind,
  value: kind === "decade" || kind === "work" ? value : cut(normalForm(value), 100),
});

/** The first year of a year's decade: 1965 → 1960. */
export const decadeOf = (year: number): number => Math.floor(year / 10) * 10;
