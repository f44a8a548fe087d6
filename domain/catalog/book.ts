import { ok, refuse, type Result } from "@/domain/result.ts";
import { type Fault, invalid, type Rejection } from "@/domain/rejection.ts";
import { isId, isVisible, lineFault, linesFault, tidyLines } from "@/domain/free_text.ts";
import { isbn13Of } from "@/domain/text.ts";

/** A book of the catalogue. `version` starts at 1 and grows with each change of the id; `popularity` is as imported. */
export type Book = {
  id: string;
  title: string;
  subtitle?: string;
  /** The title in the language in which the work was written. */
  original_title?: string;
  series?: string;
  /** The number in the series as printed: `1`, `1.5`, `2-3`. */
  series_number?: string;
  /** The id of the work in the book's source. */
  work_id?: string;
  authors: string[];
  /** People other than authors, with their roles. */
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

/** Everything about a book but its id and version. */
export type BookDetails = Omit<Book, "version" | "id">;

/** The most characters or items of each field. */
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
/** Optional texts of one line. An empty one is dropped. */
const LINES = ["subtitle", "original_title", "series", "series_number", "work_id"] as const;
const EARLIEST_YEAR = -3500;
const LATEST_YEAR = 2200;
/** What an id may not have, because it is part of a URL's path. */
const PATH = /[/?#%\\]|^\.\.?$/;

/**
 * Creates a book. A rejection names every broken rule. `removed` is the version at which an earlier book of this id was
 * removed. The versions of an id never decrease, so no consumer takes the new book for an old version.
 */
export function createBook(id: string, details: BookDetails, removed = 0): Result<Book, Rejection> {
  const { tidied, faults } = checkBook(id, details);
  return faults.length > 0 ? refuse(invalid(faults)) : ok({ id, ...tidied, version: removed + 1 });
}

/** The normalised details of a book, and every rule that they break. */
export function checkBook(id: string, details: BookDetails): { tidied: BookDetails; faults: Fault[] } {
  const tidied = tidy(details);
  return { tidied, faults: [...idFaults(id), ...detailFaults(tidied, details)] };
}

/** Changes the details of a book. The result has the next version. */
export function changeBook(book: Book, details: BookDetails): Result<Book, Rejection> {
  const tidied = tidy(details);
  const faults = detailFaults(tidied, details);
  return faults.length > 0 ? refuse(invalid(faults)) : ok({ id: book.id, ...tidied, version: book.version + 1 });
}

/** A book from a store, which is trusted. */
export const restoreBook = (stored: Book): Book => stored;

/** Whether a book already has these details, so that a repeated import changes nothing. */
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

/** Whether a text can be the id of a book, and stand in a URL's path. */
export const isBookId = (text: string): boolean => isId(text) && !PATH.test(text);

const idFaults = (id: string): Fault[] => isBookId(id) ? [] : [{ path: ["id"], message: WANTED_ID }];
const WANTED_ID = "wanted 1 to 64 characters without spaces or / ? # % \\, and not . or ..";

/** The faults of normalised details. The indexes of list items are those of the details as given (`said`). */
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
