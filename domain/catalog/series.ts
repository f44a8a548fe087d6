import { readTitle } from "@/domain/title.ts";
import type { Book } from "./book.ts";

/** A series and the number of a book in it, as printed. */
type SeriesPlace = { name: string; number?: string };

/** The series of a book, from its own field or from brackets behind the title, `Dune (Dune, #1)`. */
export function seriesOf({ title, series, series_number }: Pick<Book, "title" | "series" | "series_number">) {
  const found = readTitle(title).series;
  const name = series ?? (found?.name || undefined);
  const number = series_number ?? (series === undefined ? found?.number : undefined);
  const place: SeriesPlace | undefined = name === undefined
    ? undefined
    : { name, ...(number === undefined ? {} : { number }) };
  return place;
}

/** Whether a number in a series is that of several books in one: `1-3`, `1, 2`, `1-4 + 3.5`. */
export const isCollection = (number: string): boolean => /\d\s*[-–—,;&+/]\s*#?\d/.test(number);

/** Compares two books of a series: single books by number, then collections by first number, then books without a number. */
export function bySeriesNumber(a: SeriesPlace, b: SeriesPlace): number {
  const [first, second] = [numberOf(a), numberOf(b)];
  return groupOf(a) - groupOf(b) || (first === second ? 0 : first < second ? -1 : 1);
}

const groupOf = (place: SeriesPlace): number =>
  numberOf(place) === Infinity ? 2 : isCollection(place.number ?? "") ? 1 : 0;

/** The first number in what is printed: `2.5`, `#3`, `Bd. 4`. */
const numberOf = ({ number = "" }: SeriesPlace): number => Number(/\d+(?:\.\d+)?/.exec(number)?.[0] ?? Infinity);
