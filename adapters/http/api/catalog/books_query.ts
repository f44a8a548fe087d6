import { z } from "zod";
import { characters } from "@/application/shared/validation/characters.ts";
import { decadeOf, type Facet, facet, FACET_KINDS } from "@/domain/catalog/found_by.ts";
import { languageOf } from "@/application/catalog/importing/values/cell_values.ts";
import { workFacet } from "@/application/catalog/books/editions.ts";
import { findBooks, orderOf } from "@/application/catalog/search/listing/find_books.ts";
import { bookData } from "@/application/catalog/messages.ts";
import type { SearchAnswer } from "@/application/catalog/search/search_books.ts";
import { limit } from "@/adapters/http/base/describe/contracts.ts";
import { fingerprint, fromCursor, toCursor } from "@/adapters/http/api/cursor.ts";
import type { WebApiDeps } from "@/adapters/http/api/web_api_deps.ts";

const filter = characters(1, 200).optional();
export const booksQuery = z.object({
  q: characters(0, 500).optional().meta({ description: "Words of title, author, subject; an ISBN" }),
  author: filter,
  subject: filter,
  language: filter,
  decade: z.string().regex(/^-?\d{1,4}$/, "wanted a year like 1960").optional(),
  work: characters(1, 64).optional().meta({
    description: "The `work` of a book: lists the editions of the books that have it",
  }),
  sort: z.enum(["relevance", "newest", "oldest", "title", "popularity"]).optional().meta({
    description: "relevance with q, popularity without",
  }),
  ids: characters(0, 7_000).optional().meta({
    description: "Up to 100 ids with commas between; nothing else may be asked with it",
  }),
  why: z.enum(["1"]).optional().meta({ description: "Shows the parts of each book's score" }),
  facets: z.enum(["1"]).optional().meta({ description: "Counts the filters of all matches" }),
  limit,
  cursor: z.string().max(2_000).optional(),
});
type BooksQuery = z.output<typeof booksQuery>;

const part = z.number();
const why = z.object({
  isbn: part,
  words: part,
  exact: part,
  start: part,
  near: part,
  author: part,
  series: part,
  coverage: part,
  slips: part,
  form: part,
  missing: part,
  collection: part,
  popularity: part,
  acts: part,
});
const total = z.object({
  count: z.int().meta({ description: "Exact up to 1,000" }),
  exact: z.boolean().meta({ description: "Without it there are at least so many" }),
});
const facetList = z.object({
  kind: z.enum(FACET_KINDS).meta({ description: "The parameter that filters by it" }),
  values: z.array(total.extend({ value: z.string(), label: z.string(), selected: z.boolean() })),
}).meta({ id: "Facet" });
const editions = z.int().meta({ description: "How many books are editions of its work; `?work=` lists them" });
/** A page of books, with details of its search. */
export const foundBooks = z.object({
  items: z.array(
    bookData.extend({ editions, why: why.optional().meta({ description: "The parts of the score, for why=1" }) }),
  ),
  next_cursor: z.string().nullable(),
  total: total.optional().meta({ description: "How many books match, each edition of a work by itself; not for ids" }),
  facets: z.array(facetList).optional().meta({ description: "The most frequent filters of all matches, for facets=1" }),
  relaxed: z.boolean().optional().meta({ description: "No book has all the words; these have some of them" }),
  suggestion: z.string().optional().meta({ description: "What was probably meant" }),
});

/** Returns whether a search was relaxed, and the query that was probably meant. */
export const wordsOfSearch = ({ relaxed, suggestion }: SearchAnswer) => ({
  ...(relaxed ? { relaxed } : {}),
  ...(suggestion === undefined ? {} : { suggestion }),
});

/** Returns a page of books with the cursor of the next page. Answers 400 for a cursor of another query. */
export async function findPage(
  { store: { shelf, search }, facetLists }: Pick<WebApiDeps, "store" | "facetLists">,
  query: BooksQuery,
) {
  const { limit, cursor, q, why: _why, facets, ...rest } = query;
  const queryId = fingerprint([q, rest]);
  const work = query.work === undefined ? [] : [await workFacet(shelf, query.work)];
  const found = await findBooks({ shelf, search, facetLists }, {
    words: q,
    facets: [...facetsOf(query), ...work],
    sort: query.sort,
    after: fromCursor({ query: queryId, order: orderOf({ words: q, sort: query.sort }) }, cursor),
    limit,
    withFacets: facets !== undefined,
  });
  return { ...found, next: found.next === undefined ? null : toCursor(queryId, found.next) };
}

/** A language by its code; one that is no code may be a name: `English`. */
const codeOf = (language: string): string =>
  /^[a-z]{2,3}(?:-.*)?$/i.test(language) ? language : languageOf(language) ?? language;

const facetsOf = ({ author, subject, language, decade }: BooksQuery): Facet[] => [
  ...(author === undefined ? [] : [facet("author", author)]),
  ...(subject === undefined ? [] : [facet("subject", subject)]),
  ...(language === undefined ? [] : [facet("language", codeOf(language))]),
  ...(decade === undefined ? [] : [facet("decade", String(decadeOf(Number(decade))))]),
];
