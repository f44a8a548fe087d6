import type { Book } from "@/domain/catalog/book.ts";
import type { Facet } from "@/domain/catalog/found_by.ts";
import type { RankedBook } from "@/domain/catalog/rank_books.ts";
import { type BookSort, isDescending, sortValue } from "@/domain/catalog/sort_value.ts";
import type { After, BookSearch, BookShelf } from "./ports.ts";
import { searchBooks } from "./search_books.ts";

type BookSources = { shelf: Pick<BookShelf, "list">; search: BookSearch };
type FindBooks = {
  /** What is searched for; without a word the catalogue is listed. */
  words: string | undefined;
  facets: Facet[];
  /** By default `relevance` with words, popularity without. */
  sort?: BookSort | "relevance" | undefined;
  after?: After | undefined;
  limit: number;
};
/** `next`: where the next page begins, if there is one. `ranked`: all results of a search, best first. */
type FoundBooks = { books: Book[]; next: After | undefined; ranked: RankedBook[] | undefined };

const isSearch = (words: string | undefined): words is string => words !== undefined && words.trim() !== "";

/** The order of a page of books. Without words none is more relevant than another. */
export const orderOf = ({ words, sort }: Pick<FindBooks, "words" | "sort">): BookSort | "relevance" =>
  isSearch(words) ? sort ?? "relevance" : sort === undefined || sort === "relevance" ? "popularity" : sort;

/** A page of books: matches of the words, best first, or the catalogue in the order of `sort`. */
export function findBooks(sources: BookSources, { words, sort, ...query }: FindBooks): Promise<FoundBooks> {
  const order = orderOf({ words, sort });
  if (isSearch(words)) return searchPage(sources, { words, sort: order, ...query });
  return listPage(sources, { ...query, sort: order === "relevance" ? "popularity" : order });
}

async function listPage(
  { shelf }: BookSources,
  { facets, sort, after, limit }: Omit<FindBooks, "words" | "sort"> & { sort: BookSort },
): Promise<FoundBooks> {
  const books = await shelf.list({ facets, sort, limit: limit + 1, ...(after === undefined ? {} : { after }) });
  return { ...pageOf(books, limit, (book) => sortValue(book, sort)), ranked: undefined };
}

async function searchPage(
  { search }: BookSources,
  { words, facets, sort, after, limit }: FindBooks & { words: string; sort: BookSort | "relevance" },
): Promise<FoundBooks> {
  const ranked = await searchBooks(search, words, facets);
  const scores = new Map(ranked.map(({ book, score }) => [book.id, score]));
  const valueOf = (book: Book) => sort === "relevance" ? scores.get(book.id)! : sortValue(book, sort);
  const down = sort === "relevance" || isDescending(sort);
  const sorted = ranked.map(({ book }) => ({ book, place: { value: valueOf(book), id: book.id } }));
  if (sort !== "relevance") sorted.sort((a, b) => comesBefore(a.place, b.place, down) ? -1 : 1);
  const left = sorted.filter(({ place }) => after === undefined || comesBefore(after, place, down));
  return { ...pageOf(left.map(({ book }) => book), limit, valueOf), ranked };
}

const comesBefore = (a: After, b: After, down: boolean): boolean =>
  a.value === b.value ? a.id < b.id : (a.value < b.value) !== down;

/** The first books, and where the next page begins when there are more of them. */
function pageOf(
  books: Book[],
  limit: number,
  valueOf: (book: Book) => After["value"],
): { books: Book[]; next: After | undefined } {
  const page = books.slice(0, limit);
  const last = page.at(-1);
  const next = books.length > limit && last !== undefined ? { value: valueOf(last), id: last.id } : undefined;
  return { books: page, next };
}
