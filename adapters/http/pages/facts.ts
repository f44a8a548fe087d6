import { countOf } from "@/application/shared/text/count_of.ts";
import { isCollection } from "@/domain/catalog/series.ts";

const languageNames = new Intl.DisplayNames(["en"], { type: "language", fallback: "none" });

/** A year as text: 1965, or 750 BC. */
export const yearText = (year: number): string => (year < 0 ? `${-year} BC` : String(year));

/** A decade by its first year: 1960s, or 750s BC. */
export const decadeText = (decade: string): string => {
  const year = Number(decade);
  return year < 0 ? `${-year - 10 < 0 ? 0 : -year - 10}s BC` : `${decade}s`;
};

/** The English name of a language's code, also in its normal form (`en us`), or the code where it has none. */
export function languageText(code: string): string {
  try {
    return languageNames.of(code.replaceAll(" ", "-")) ?? code;
  } catch {
    return code;
  }
}

/** A place in a series: book 1, or books 1-3. */
export const placeText = (number: string, word: "book" | "Book" = "book"): string =>
  `${word}${isCollection(number) ? "s" : ""} ${number}`;

/** A half-life by its name: 24h is 24 hours, 7d is 7 days. */
export const windowText = (window: string): string =>
  countOf(Number(window.slice(0, -1)), window.endsWith("h") ? "hour" : "day");

/** An ISBN with a hyphen after its prefix. The other hyphens would need a table of publishers. */
export const isbnText = (isbn13: string): string => `${isbn13.slice(0, 3)}-${isbn13.slice(3)}`;
