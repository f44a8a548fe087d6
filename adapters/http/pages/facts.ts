const languageNames = new Intl.DisplayNames(["en"], { type: "language", fallback: "none" });

/** A year as text: 1965, or 750 BC. */
export const yearText = (year: number): string => (year < 0 ? `${-year} BC` : String(year));

/** A decade by its first year: 1960s, or 750s BC. */
export const decadeText = (decade: string): string => {
  const year = Number(decade);
  return year < 0 ? `${-year - 10 < 0 ? 0 : -year - 10}s BC` : `${decade}s`;
};

/** The English name of a language's code, or the code where it has none. */
export function languageText(code: string): string {
  try {
    return languageNames.of(code) ?? code;
  } catch {
    return code;
  }
}

/** A count with its noun: 1 book, 2 books, 1,200 books. */
export const some = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString("en")} ${count === 1 ? one : many}`;

/** A half-life by its name: 24h is 24 hours, 7d is 7 days. */
export const windowText = (window: string): string =>
  some(Number(window.slice(0, -1)), window.endsWith("h") ? "hour" : "day");

/** An ISBN with a hyphen after its prefix. Its other groups need a table that is not here. */
export const isbnText = (isbn13: string): string => `${isbn13.slice(0, 3)}-${isbn13.slice(3)}`;
