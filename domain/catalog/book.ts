import { ok, refuse, type Result } from "@/domain/result.ts";
import { type Fault, invalid, type Rejection } from "@/domain/rejection.ts";
import { isbn13Of } from "@/domain/text.ts";

/** A book of the catalogue. `version` counts the changes of its id from 1; `popularity` is as imported. */
export type Book = {
  id: string;
  title: string;
  authors: string[];
  year?: number;
  language?: string;
  isbn13?: string;
  subjects: string[];
  description?: string;
  popularity: number;
  version: number;
};

/** What somebody says about a book: everything but its version. */
export type BookDetails = Omit<Book, "version" | "id">;

const BOOK_LIMITS = {
  id: 64,
  title: 500,
  author: 200,
  authors: 50,
  subject: 100,
  subjects: 50,
  description: 20_000,
};
const EARLIEST_YEAR = -3500;
const LATEST_YEAR = 2200;
const ID = /^[^\s\p{C}/?#%\\]+$/u;

/**
 * Creates a book. A rejection names every broken rule. `removed`: the version in which an earlier book of the id was removed.
 * Versions of an id never go back, so that nobody ignores the new book as an old version.
 */
export function createBook(id: string, details: BookDetails, removed = 0): Result<Book, Rejection> {
  const tidyDetails = tidy(details);
  const faults = [...idFaults(id), ...detailFaults(tidyDetails)];
  return faults.length > 0 ? refuse(invalid(faults)) : ok({ id, ...tidyDetails, version: removed + 1 });
}

/** The next version of a book with other details. */
export function changeBook(book: Book, details: BookDetails): Result<Book, Rejection> {
  const tidyDetails = tidy(details);
  const faults = detailFaults(tidyDetails);
  return faults.length > 0 ? refuse(invalid(faults)) : ok({ id: book.id, ...tidyDetails, version: book.version + 1 });
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
  const { isbn13, language, description, year, ...rest } = details;
  return {
    ...rest,
    title: details.title.trim(),
    authors: distinct(details.authors),
    subjects: distinct(details.subjects),
    ...(year === undefined ? {} : { year }),
    ...(language === undefined ? {} : { language: language.trim().toLowerCase() }),
    ...(isbn13 === undefined ? {} : { isbn13: isbn13Of(isbn13) ?? isbn13 }),
    ...(description === undefined || description.trim() === "" ? {} : { description: description.trim() }),
  };
}

const distinct = (values: string[]): string[] => [...new Set(values.map((value) => value.trim()))];

function idFaults(id: string): Fault[] {
  const fits = id.length >= 1 && id.length <= BOOK_LIMITS.id && ID.test(id);
  return fits
    ? []
    : [{ path: ["id"], message: `wanted 1 to ${BOOK_LIMITS.id} characters without spaces or / ? # % \\` }];
}

function detailFaults(details: BookDetails): Fault[] {
  const faults: Fault[] = [];
  const want = (holds: boolean, path: Fault["path"], message: string) => holds || faults.push({ path, message });
  const length = (text: string, most: number) => text.length >= 1 && text.length <= most;
  want(length(details.title, BOOK_LIMITS.title), ["title"], `wanted 1 to ${BOOK_LIMITS.title} characters`);
  want(details.authors.length <= BOOK_LIMITS.authors, ["authors"], `wanted at most ${BOOK_LIMITS.authors}`);
  want(details.subjects.length <= BOOK_LIMITS.subjects, ["subjects"], `wanted at most ${BOOK_LIMITS.subjects}`);
  details.authors.forEach((author, at) =>
    want(length(author, BOOK_LIMITS.author), ["authors", at], `wanted 1 to ${BOOK_LIMITS.author} characters`)
  );
  details.subjects.forEach((subject, at) =>
    want(length(subject, BOOK_LIMITS.subject), ["subjects", at], `wanted 1 to ${BOOK_LIMITS.subject} characters`)
  );
  const { year, language, isbn13, description, popularity } = details;
  const yearFits = year === undefined ||
    (Number.isInteger(year) && year !== 0 && year >= EARLIEST_YEAR && year <= LATEST_YEAR);
  want(yearFits, ["year"], `wanted a whole number from ${EARLIEST_YEAR} to ${LATEST_YEAR} without 0, found ${year}`);
  want(
    language === undefined || /^[a-z]{2,3}(-[a-z0-9]{2,8}){0,5}$/.test(language),
    ["language"],
    "wanted a code like en",
  );
  want(isbn13 === undefined || isbn13Of(isbn13) !== undefined, ["isbn13"], `wanted a valid ISBN, found ${isbn13}`);
  want(
    (description?.length ?? 0) <= BOOK_LIMITS.description,
    ["description"],
    `wanted at most ${BOOK_LIMITS.description} characters`,
  );
  want(Number.isSafeInteger(popularity) && popularity >= 0, ["popularity"], "wanted a whole number from 0");
  return faults;
}
