import { ok, refuse, type Result } from "@/domain/result.ts";
import { type Fault, invalid, type Rejection } from "@/domain/rejection.ts";
import { isId, isVisible, lineFault, linesFault, tidyLines } from "@/domain/free_text.ts";
import { isbn13Of } from "@/domain/text.ts";

/** A book of the catalogue. `version` counts the changes of its id from 1; `popularity` is as imported. */
export type Book = {
  id: string;
  title: string;
  subtitle?: string;
  /** The title of the work in its first language. */
  original_title?: string;
  series?: string;
  /** The place in the series, as it is printed: `1`, `1.5`, `2-3`. */
  series_number?: string;
  /** The id that the book's source gives to its work. */
  work_id?: string;
  authors: string[];
  /** Those who are no authors, with what they did. */
  contributors?: Contributor[];
  year?: number;
  language?: string;
  isbn13?: string;
  subjects: string[];
  description?: string;
  popularity: number;
  version: number;
};

export type Contributor = { name: string; role: string };

/** What somebody says about a book: everything but its version. */
export type BookDetails = Omit<Book, "version" | "id">;

/** How many characters or items a field has at most. */
export const BOOK_LIMITS = {
  title: 500,
  author: 200,
  authors: 50,
  subject: 100,
  subjects: 50,
  description: 20_000,
  subtitle: 500,
  original_title: 500,
  series: 200,
  series_number: 20,
  work_id: 64,
  contributors: 50,
  role: 50,
};
/** Optional texts of one line. An empty one is left out. */
const LINES = ["subtitle", "original_title", "series", "series_number", "work_id"] as const;
const EARLIEST_YEAR = -3500;
const LATEST_YEAR = 2200;
/** An id stands in paths, where some characters mean something, and `.` and `..` other places. */
const PATH = /[/?#%\\]|^\.\.?$/;

/**
 * Creates a book. A rejection names every broken rule. `removed`: the version in which an earlier book of the id was removed.
 * Versions of an id never go back, so that no consumer ignores the new book as an old version.
 */
export function createBook(id: string, details: BookDetails, removed = 0): Result<Book, Rejection> {
  const { tidied, faults } = checkBook(id, details);
  return faults.length > 0 ? refuse(invalid(faults)) : ok({ id, ...tidied, version: removed + 1 });
}

/** The details of a book in their one form, and every rule that the book would break. */
export function checkBook(id: string, details: BookDetails): { tidied: BookDetails; faults: Fault[] } {
  const tidied = tidy(details);
  return { tidied, faults: [...idFaults(id), ...detailFaults(tidied, details)] };
}

/** The next version of a book with other details. */
export function changeBook(book: Book, details: BookDetails): Result<Book, Rejection> {
  const tidied = tidy(details);
  const faults = detailFaults(tidied, details);
  return faults.length > 0 ? refuse(invalid(faults)) : ok({ id: book.id, ...tidied, version: book.version + 1 });
}

/** A book as it was stored; trusts what is stored. */
export const restoreBook = (stored: Book): Book => stored;

/** Whether two sets of details say the same, so that a repeated import changes nothing. */
export function sameDetails(book: Book, details: BookDetails): boolean {
  const { id: _id, version: _version, ...known } = book;
  return fingerprint(tidy(known)) === fingerprint(tidy(details));
}

const fingerprint = (details: BookDetails): string =>
  JSON.stringify(Object.entries(details).sort(([a], [b]) => (a < b ? -1 : 1)));

function tidy(details: BookDetails): BookDetails {
  const { isbn13, language, description: found, year, contributors, ...said } = details;
  const rest = { ...said };
  for (const field of LINES) {
    const text = said[field]?.trim();
    if (text === undefined || text === "") delete rest[field];
    else rest[field] = text;
  }
  const description = found === undefined ? "" : tidyLines(found);
  return {
    ...rest,
    title: details.title.trim(),
    authors: distinct(details.authors),
    subjects: distinct(details.subjects),
    ...(contributors === undefined || contributors.length === 0
      ? {}
      : { contributors: contributors.map(({ name, role }) => ({ name: name.trim(), role: role.trim() })) }),
    ...(year === undefined ? {} : { year }),
    ...(language === undefined ? {} : { language: language.trim().toLowerCase() }),
    ...(isbn13 === undefined ? {} : { isbn13: isbn13Of(isbn13) ?? isbn13 }),
    ...(isVisible(description) ? { description } : {}),
  };
}

const distinct = (values: string[]): string[] => [...new Set(values.map((value) => value.trim()))];

const idFaults = (id: string): Fault[] =>
  isId(id) && !PATH.test(id)
    ? []
    : [{ path: ["id"], message: "wanted 1 to 64 characters without spaces or / ? # % \\, and not . or .." }];

/** The faults of tidied details. Those of list items are counted as they were said, as whoever said them looks there. */
function detailFaults(tidied: BookDetails, said: BookDetails): Fault[] {
  const faults: Fault[] = [];
  const want = (holds: boolean, path: Fault["path"], message: string) => holds || faults.push({ path, message });
  const check = (path: Fault["path"], message: string | undefined) =>
    message === undefined || faults.push({ path, message });
  const { title, authors, subjects, year, language, isbn13, description, popularity } = tidied;
  const items = (field: "authors" | "subjects", most: number) =>
    said[field].forEach((item, at) => check([field, at], lineFault(item.trim(), most)));
  check(["title"], lineFault(title, BOOK_LIMITS.title));
  want(authors.length <= BOOK_LIMITS.authors, ["authors"], `wanted at most ${BOOK_LIMITS.authors}`);
  want(subjects.length <= BOOK_LIMITS.subjects, ["subjects"], `wanted at most ${BOOK_LIMITS.subjects}`);
  items("authors", BOOK_LIMITS.author);
  items("subjects", BOOK_LIMITS.subject);
  for (const field of LINES) {
    check([field], tidied[field] === undefined ? undefined : lineFault(tidied[field], BOOK_LIMITS[field]));
  }
  const contributors = tidied.contributors ?? [];
  want(contributors.length <= BOOK_LIMITS.contributors, ["contributors"], `wanted at most ${BOOK_LIMITS.contributors}`);
  for (const { name, role } of contributors) {
    check(["contributors"], lineFault(name, BOOK_LIMITS.author) ?? lineFault(role, BOOK_LIMITS.role));
  }
  const yearFits = year === undefined ||
    (Number.isInteger(year) && year !== 0 && year >= EARLIEST_YEAR && year <= LATEST_YEAR);
  want(yearFits, ["year"], `wanted a whole number from ${EARLIEST_YEAR} to ${LATEST_YEAR} without 0, found ${year}`);
  want(
    language === undefined || /^[a-z]{2,3}(-[a-z0-9]{2,8}){0,5}$/.test(language),
    ["language"],
    "wanted a code like en",
  );
  want(isbn13 === undefined || isbn13Of(isbn13) !== undefined, ["isbn13"], "wanted a valid ISBN");
  check(["description"], description === undefined ? undefined : linesFault(description, BOOK_LIMITS.description));
  want(Number.isSafeInteger(popularity) && popularity >= 0, ["popularity"], "wanted a whole number from 0");
  return faults;
}
