import type { Book } from "@/domain/catalog/book.ts";
import type { Facet } from "@/domain/catalog/found_by.ts";
import { type BookSort, isDescending, sortValue } from "@/domain/catalog/sort_value.ts";
import type { After, BookSearch, BookShelf } from "./ports.ts";
import { type SearchAnswer, searchBooks } from "./search_books.ts";

type BookSources = { shelf: Pick<BookShelf, "list" | "byIds">; search: BookSearch };
type FindBooks = {
  /** What is searched for; without a word the catalogue is listed. */
  words: string | undefined;
  facets: Facet[];
  /** By default `relevance` with words, popularity without. */
  sort?: BookSort | "relevance" | undefined;
  after?: After | undefined;
  limit: number;
};
/** `next`: where the next page begins, if there is one. `answer`: all that a search has found, best first. */
type FoundBooks = { books: Book[]; next: After | undefined; answer: SearchAnswer | undefined };

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
  return { ...pageOf(books, limit, (book) => sortValue(book, sort)), answer: undefined };
}

async function searchPage(
  { search, shelf }: BookSources,
  { words, facets, sort, after, limit }: FindBooks & { words: string; sort: BookSort | "relevance" },
): Promise<FoundBooks> {
  const answer = await searchBooks(search, words, facets);
  if (sort === "relevance") {
    const places = answer.ranked.map(({ id, score }) => ({ value: score, id }));
    const left = places.filter((place) => after === undefined || comesBefore(after, place, true));
    const page = left.slice(0, limit);
    const next = left.length > limit ? page.at(-1) : undefined;
    return { books: await shelf.byIds(page.map(({ id }) => id)), next, answer };
  }
  const books = await shelf.byIds(answer.ranked.map(({ id }) => id));
  const valueOf = (book: Book) => sortValue(book, sort);
  const sorted = books.map((book) => ({ book, place: { value: valueOf(book), id: book.id } }))
    .sort((a, b) => comesBefore(a.place, b.place, isDescending(sort)) ? -1 : 1)
    .filter(({ place }) => after === undefined || comesBefore(after, place, isDescending(sort)));
  return { ...pageOf(sorted.map(({ book }) => book), limit, valueOf), answer };
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
