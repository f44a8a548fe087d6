import type { ReaderBook } from "@/domain/activity/reader_book.ts";
import { type Book, restoreBook } from "@/domain/catalog/book.ts";
import { defined } from "@/application/defined.ts";
import { numberOf, type Row, textOf } from "@/adapters/sql/row.ts";

/** Fields of a book that no query needs, stored as JSON in the column `more`. */
const MORE = ["subtitle", "original_title", "series", "series_number", "work_id", "contributors"] as const;
type More = Pick<Book, (typeof MORE)[number]>;

/** The column `more` of a book; null when it has no such field. */
export function moreOf(book: Book): string | null {
  const fields = MORE.flatMap((name) => book[name] === undefined ? [] : [[name, book[name]]]);
  return fields.length === 0 ? null : JSON.stringify(Object.fromEntries(fields));
}

/** The columns that `bookOf` reads. */
export const BOOK_COLUMNS =
  "id, title, authors, subjects, year, language, isbn13, description, popularity, version, more";

/** A row of `book` as a book. */
export function bookOf(row: Row): Book {
  const { id, title, authors, subjects, year, language, isbn13, description, popularity, version, more } = row;
  const book: Book = {
    id: String(id),
    title: String(title),
    authors: JSON.parse(String(authors)),
    subjects: JSON.parse(String(subjects)),
    popularity: Number(popularity),
    version: Number(version),
  };
  if (more !== null) Object.assign(book, JSON.parse(String(more)) as More);
  if (year !== null) book.year = Number(year);
  if (language !== null) book.language = String(language);
  if (isbn13 !== null) book.isbn13 = String(isbn13);
  if (description !== null) book.description = String(description);
  return restoreBook(book);
}

/** A row of `reader_book`. */
export function readerBookOf(row: Row): ReaderBook {
  const shelf = textOf(row.shelf) as ReaderBook["shelf"];
  const base = {
    reader: String(row.reader),
    book: String(row.book),
    dismissed: Number(row.dismissed) === 1,
    time: Number(row.time),
  };
  const uncounted = Number(row.uncounted) === 1 ? true as const : undefined;
  return { ...base, ...defined({ shelf, rating: numberOf(row.rating), uncounted }) };
}
