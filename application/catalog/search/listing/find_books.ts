import type { Book } from "@/domain/catalog/book.ts";
import type { Facet } from "@/domain/catalog/found_by.ts";
import { defined } from "@/application/defined.ts";
import type { Cache } from "@/application/shared/concurrency/cache.ts";
import { type BookSort, isDescending } from "@/domain/catalog/sort_value.ts";
import { countFacets, type FacetList, MAX_COUNTED, type Total, totalOf } from "./count_facets.ts";
import { type FindMatches, type Matches, matchesOf, matchesOfFacets } from "./match_books.ts";
import { type Edition, withEditions } from "@/application/catalog/books/editions.ts";
import type { After, BookSearch, BookShelf } from "@/application/catalog/ports.ts";
import { type SearchAnswer, searchBooks } from "@/application/catalog/search/search_books.ts";
import { spellSuggestion } from "./spell_suggestion.ts";

/** `facetLists`: a cache of facet counts, as many readers send the same query. */
type BookSources = { shelf: BookShelf; search: BookSearch; facetLists?: Cache<FacetList[]> };
type FindBooks = {
  /** What is searched for; without a word the catalogue is listed. */
  words: string | undefined;
  facets: Facet[];
  /** By default `relevance` with words, popularity without. */
  sort?: BookSort | "relevance" | undefined;
  after?: After | undefined;
  limit: number;
  /** Whether filters are counted too. */
  withFacets?: boolean | undefined;
};
/** `next`: where the next page begins, if there is one. `answer`: all that a search has found, best first. */
type FoundBooks = {
  books: Edition[];
  next: After | undefined;
  answer: SearchAnswer | undefined;
  total: Total;
  facets?: FacetList[];
};
type Page = { books: Book[]; next: After | undefined };

/** So many matches are sorted here; of more the store reads in the order of the sort. */
const MAX_SORTED = 10_000;
/** Of books in the order of a sort so many are looked at first: where one in some hundred matches, a page is found soon. */
const SCAN_LIMIT = 5_000;
/** Books listed for a page, where their words alone do not say whether they match. */
const MIN_LISTED = 250;
/** Filters are counted of so many matches, which takes some tens of milliseconds; of more the counts are lower bounds. */
const MAX_FACETED = 5_000;

const isSearch = (words: string | undefined): words is string => words !== undefined && words.trim() !== "";

/** The order of a page of books. Without words none is more relevant than another. */
export const orderOf = ({ words, sort }: Pick<FindBooks, "words" | "sort">): BookSort | "relevance" =>
  isSearch(words) ? sort ?? "relevance" : sort === undefined || sort === "relevance" ? "popularity" : sort;

/** A page of books: matches of the words, best first, or all of them or of the catalogue in the order of `sort`. */
export async function findBooks(sources: BookSources, wanted: FindBooks): Promise<FoundBooks> {
  const { words, facets, withFacets = false } = wanted;
  const order = orderOf(wanted);
  const answer = isSearch(words) ? await searchBooks(sources.search, words, facets) : undefined;
  const sorted = order !== "relevance" && (answer !== undefined || facets.length > 0);
  const findMatches = answer === undefined
    ? matchesOfFacets({ search: sources.search, facets })
    : matchesOf({ search: sources.search, facets }, answer);
  const counting = findMatches(MAX_COUNTED);
  const listing = order === "relevance" && answer !== undefined
    ? relevancePage(sources, answer, wanted)
    : counting.then((matches) =>
      sortedPage(
        sources,
        { counted: sorted ? matches : ALL, findMatches },
        wanted,
        order === "relevance" ? "popularity" : order,
      )
    );
  const [matches, page, books, spelled] = await Promise.all([
    counting,
    listing,
    listing.then(({ books }) => withEditions(sources.shelf, books)),
    answer && spellSuggestion(sources, answer),
  ]);
  return {
    next: page.next,
    books,
    answer: spelled,
    total: totalOf(matches.ids.length, matches.complete),
    ...(withFacets ? { facets: await countFacetsOnce(sources, wanted, matches, findMatches) } : {}),
  };
}

/**
 * The filters of all matches, counted. They are kept by the query and the number of its books, so that a book which is added or
 * removed is counted at once, up to where numbers are exact.
 */
async function countFacetsOnce(
  { facetLists: cache = (_, count) => count(), ...sources }: BookSources,
  { words, facets }: FindBooks,
  known: Matches,
  findMatches: FindMatches,
): Promise<FacetList[]> {
  return await cache(JSON.stringify([words, facets, totalOf(known.ids.length, known.complete)]), async () => {
    const isAll = known.complete && known.ids.length <= MAX_COUNTED;
    const matches = isAll ? known : await findMatches(MAX_FACETED);
    return await countFacets(sources.shelf, matches, facets);
  });
}

/** Lists that the store alone makes. */
const ALL: Matches = { ids: [], complete: false, groups: [] };

/** A page of the best ones. A cursor's book is where it is in today's ranking, as scores change with the catalogue. */
async function relevancePage(
  { shelf }: BookSources,
  { ranked }: SearchAnswer,
  { after, limit }: FindBooks,
): Promise<Page> {
  const at = after === undefined ? -1 : ranked.findIndex(({ id }) => id === after.id);
  const left = after === undefined || at >= 0
    ? ranked.slice(at + 1)
    : ranked.filter(({ id, score }) => comesBefore(after, { id, value: score }, true));
  const page = left.slice(0, limit);
  const last = page.at(-1);
  return {
    books: await shelf.byIds(page.map(({ id }) => id)),
    next: left.length > limit && last !== undefined ? { id: last.id, value: last.score } : undefined,
  };
}

/**
 * A page in the order of a sort. Of many matches the store looks for the first ones among the first books; where they are not there,
 * all are read and sorted here, if they are not too many.
 */
async function sortedPage(
  sources: BookSources,
  { counted, findMatches }: { counted: Matches; findMatches: FindMatches },
  wanted: FindBooks,
  sort: BookSort,
): Promise<Page> {
  if (counted === ALL) return await storePage(sources, counted, wanted, sort);
  if (counted.complete) return await pageOf(sources, counted, wanted, sort);
  const soon = await storePage(sources, counted, { ...wanted, scanLimit: SCAN_LIMIT }, sort);
  if (soon.next !== undefined) return soon;
  const matches = await findMatches(MAX_SORTED);
  return matches.complete || matches.groups === undefined || matches.among !== undefined
    ? await pageOf(sources, matches, wanted, sort)
    : await storePage(sources, matches, wanted, sort);
}

/** A page that the store reads in the order of the sort, as far as it looks: without a next one where it has not found enough. */
async function storePage(
  { shelf }: BookSources,
  { groups, among }: Matches,
  { facets, after, limit, scanLimit }: FindBooks & { scanLimit?: number },
  sort: BookSort,
): Promise<Page> {
  if (groups === undefined) return { books: [], next: undefined };
  const most = among === undefined ? limit + 1 : Math.max(MIN_LISTED, limit + 1);
  const listed = await shelf.list({ facets, sort, groups, limit: most, ...defined({ after, scanLimit }) });
  const matching = new Set(await among?.(listed.map(({ id }) => id)));
  const books = among === undefined ? listed : listed.filter(({ id }) => matching.has(id));
  const page = books.slice(0, limit);
  const last = page.at(-1);
  if (books.length <= limit || last === undefined) return { books: page, next: undefined };
  const [next] = await shelf.sortValues([last.id], sort);
  return { books: page, next };
}

/** The page of these matches. */
async function pageOf(
  { shelf }: BookSources,
  { ids }: Matches,
  { after, limit }: FindBooks,
  sort: BookSort,
): Promise<Page> {
  const down = isDescending(sort);
  const places = (await shelf.sortValues(ids, sort))
    .filter((place) => after === undefined || comesBefore(after, place, down))
    .sort((a, b) => comesBefore(a, b, down) ? -1 : 1);
  const page = places.slice(0, limit);
  const books = await shelf.byIds(page.map(({ id }) => id));
  return { books, next: places.length > limit ? page.at(-1) : undefined };
}

const comesBefore = (a: After, b: After, down: boolean): boolean =>
  a.value === b.value ? a.id < b.id : (a.value < b.value) !== down;
