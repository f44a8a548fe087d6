import type { ReaderBook } from "@/domain/activity/reader_book.ts";
import { type Book, restoreBook } from "@/domain/catalog/book.ts";
import { defined } from "@/application/defined.ts";
import { numberOf, type Row, textOf } from "@/adapters/sql/row.ts";

/** Fields of a book that no statement asks for, kept as JSON in one column. */
const MORE = ["subtitle", "original_title", "series", "series_number", "work_id", "contributors"] as const;
type More = Pick<Book, (typeof MORE)[number]>;

/** What is stored in `more`; null for a book without such fields. */
export function moreOf(book: Book): string | null {
  const fields = MORE.flatMap((name) => book[name] === undefined ? [] : [[name, book[name]]]);
  return fields.length === 0 ? null : JSON.stringify(Object.fromEntries(fields));
}

/** A row of `book` as a book. */
export function bookOf(row: Row): Book {
  const { id, title, authors, subjects, year, language, isbn13, description, popularity, version, more } = row;
  return restoreBook({
    ...(more === null ? {} : JSON.parse(String(more)) as More),
    id: String(id),
    title: String(title),
    authors: JSON.parse(String(authors)),
    subjects: JSON.parse(String(subjects)),
    popularity: Number(popularity),
    version: Number(version),
    ...defined({
      year: numberOf(year),
      language: textOf(language),
      isbn13: textOf(isbn13),
      description: textOf(description),
    }),
  });
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
