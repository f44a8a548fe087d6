import { z } from "zod";
import type { Book } from "@/domain/catalog/book.ts";
import { type Facet, facet } from "@/domain/catalog/found_by.ts";
import type { RankedBook } from "@/domain/catalog/rank_books.ts";
import { descending, sortValue } from "@/domain/catalog/sort_value.ts";
import { searchBooks } from "@/application/catalog/search_books.ts";
import { limit } from "@/adapters/http/base/contracts.ts";
import { fingerprint, fromCursor, toCursor } from "./cursor.ts";
import type { WebApiDeps } from "./web_api_deps.ts";

const filter = z.string().min(1).max(200).optional();
export const booksQuery = z.object({
  q: z.string().max(500).optional().meta({ description: "Words of title, author, subject; an ISBN" }),
  author: filter,
  subject: filter,
  language: filter,
  decade: z.string().regex(/^-?\d{1,4}$/, "wanted a year like 1960").optional(),
  sort: z.enum(["relevance", "newest", "oldest", "title", "popularity"]).optional().meta({
    description: "relevance with q, popularity without",
  }),
  ids: z.string().max(7_000).optional().meta({
    description: "Up to 100 ids with commas between; nothing else may be asked with it",
  }),
  limit,
  cursor: z.string().max(2_000).optional(),
});
export type BooksQuery = z.output<typeof booksQuery>;
export type FoundBooks = { books: Book[]; next: string | null; ranked: RankedBook[] | undefined };

/** A page of books: matches of `q`, best first, or the catalogue in the order of `sort`. */
export async function findBooks({ store }: Pick<WebApiDeps, "store">, query: BooksQuery): Promise<FoundBooks> {
  const { limit, cursor, q, ...rest } = query;
  const bound = fingerprint([q, rest]);
  const after = fromCursor(bound, cursor);
  const facets = facetsOf(query);
  const searching = q !== undefined && q.trim() !== "";
  const sort = query.sort ?? (searching ? "relevance" : "popularity");
  if (!searching) {
    const order = sort === "relevance" ? "popularity" : sort;
    const books = await store.shelf.list({
      facets,
      sort: order,
      limit: limit + 1,
      ...(after === undefined ? {} : { after }),
    });
    const page = books.slice(0, limit);
    const last = page.at(-1);
    const more = books.length > limit && last !== undefined;
    return {
      books: page,
      next: more ? toCursor(bound, { value: sortValue(last, order), id: last.id }) : null,
      ranked: undefined,
    };
  }
  const ranked = await searchBooks(store.search, q, facets);
  const sorted = ranked.map(({ book, score }) => ({
    book,
    value: sort === "relevance" ? score : sortValue(book, sort),
  }));
  const down = sort === "relevance" || descending(sort);
  if (sort !== "relevance") sorted.sort((a, b) => (comes(a, b, down) ? -1 : 1));
  const rest1 = after === undefined
    ? sorted
    : sorted.filter((one) => comes({ value: after.value, book: after }, one, down));
  const page = rest1.slice(0, limit);
  const last = page.at(-1);
  const next = rest1.length > limit && last !== undefined
    ? toCursor(bound, { value: last.value, id: last.book.id })
    : null;
  return { books: page.map(({ book }) => book), next, ranked };
}

type Sorted = { value: string | number; book: { id: string } };
/** Whether `a` stands before `b`. */
const comes = (a: Sorted, b: Sorted, down: boolean): boolean =>
  a.value === b.value ? a.book.id < b.book.id : (a.value < b.value) !== down;

const facetsOf = ({ author, subject, language, decade }: BooksQuery): Facet[] => [
  ...(author === undefined ? [] : [facet("author", author)]),
  ...(subject === undefined ? [] : [facet("subject", subject)]),
  ...(language === undefined ? [] : [facet("language", language)]),
  ...(decade === undefined ? [] : [facet("decade", String(Number(decade)))]),
];
