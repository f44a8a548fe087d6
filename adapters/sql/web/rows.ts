import type { ReaderBook } from "@/domain/activity/reader_book.ts";
import { type Book, restoreBook } from "@/domain/catalog/book.ts";
import { defined } from "@/application/defined.ts";
import { numberOf, type Row, textOf } from "@/adapters/sql/row.ts";

/** A row of `book` as a book. */
export function bookOf(row: Row): Book {
  const { id, title, authors, subjects, year, language, isbn13, description, popularity, version } = row;
  return restoreBook({
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
  return { ...base, ...defined({ shelf, rating: numberOf(row.rating) }) };
}
