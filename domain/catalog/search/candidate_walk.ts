import type { Facet } from "@/domain/catalog/found_by.ts";

/** The limit of index look-ups for one query. It bounds the time of a query of common words, whatever the size of the catalogue. */
const MAX_LOOKUPS = 10_000;
/** The minimum number of books to scan. */
const MIN_WALK = 1_000;

/**
 * The number of books to scan, most popular first, from those that match the first group of words. Each scanned book costs one look-up
 * for each word of the other groups and for each facet.
 */
export const booksToWalk = (others: string[][], facets: Facet[]): number =>
  Math.max(MIN_WALK, Math.floor(MAX_LOOKUPS / Math.max(1, others.flat().length + facets.length)));
