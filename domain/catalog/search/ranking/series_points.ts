import type { SearchDocument } from "@/domain/catalog/search/search_document.ts";
import type { Place, Term } from "@/domain/catalog/search/search_term.ts";
import { hasNumberInSeries, isFirstOfSeries, isNameOfSeries, isPartTyped } from "./series_place.ts";

/** A series and a number identify a book, whatever other titles contain the name of the series. */
const NUMBER_IN_SERIES = 25;
const NAME_OF_SERIES = 12;
/** Readers who search for a series most likely want its first book. */
const FIRST_OF_SERIES = 5;

/**
 * Points for a series in the query: for its name and the book's number; for the name alone, when the title begins with it; and for the
 * first book of the series, when no word of the query is in the title. `all`: with optional terms that the book lacks.
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
