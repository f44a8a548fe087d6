import type { Facet } from "@/domain/catalog/found_by.ts";

/** How much is looked up for all books of a walk together, so that a search of common words ends soon in a catalogue of any size. */
const MAX_LOOKUPS = 10_000;
/** The most books of a word that are all read. */
const MIN_WALK = 1_000;

/**
 * How many books of the first group, the most popular ones, are looked at for those that have all the other groups and facets. Each
 * word of a group and each facet is one look-up a book.
 */
export const booksToWalk = (others: string[][], facets: Facet[]): number =>
  Math.max(MIN_WALK, Math.floor(MAX_LOOKUPS / Math.max(1, others.flat().length + facets.length)));
