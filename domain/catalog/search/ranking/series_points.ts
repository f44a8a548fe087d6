import type { SearchDocument } from "@/domain/catalog/search/search_document.ts";
import type { Place, Term } from "@/domain/catalog/search/search_term.ts";
import { hasNumberInSeries, isFirstOfSeries, isNameOfSeries, isPartTyped } from "./series_place.ts";

/** The number of a book in a series says which one is meant, whatever other titles have the series' name. */
const NUMBER_IN_SERIES = 25;
const NAME_OF_SERIES = 12;
/** Who types the name of a series most likely begins it. */
const FIRST_OF_SERIES = 5;

/**
 * A number tells a book of its series. The name alone puts its books first among titles that begin with it, and its
 * first book where no title has a word of it.
 */
export function seriesPoints(
  text: string,
  all: Term[],
  terms: Term[],
  places: Place[],
  document: SearchDocument,
): number {
  if (hasNumberInSeries(terms, document) || isPartTyped(all, document)) return NUMBER_IN_SERIES;
  if (terms.length > 1 && document.title.startsWith(text) && isNameOfSeries(text, document)) return NAME_OF_SERIES;
  return places.every(({ field }) => field !== "title") && isFirstOfSeries(terms, document) ? FIRST_OF_SERIES : 0;
}
