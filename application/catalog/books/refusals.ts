import type { Book } from "@/domain/catalog/book.ts";
import type { Rejection } from "@/domain/rejection.ts";

export const notFound = (id: string): Rejection => ({
  code: "book-not-found",
  detail: `there is no book with the id ${id}`,
});

export const otherVersion = (book: Book, wanted: number): Rejection => ({
  code: "version-mismatch",
  detail: `wanted version ${wanted} of ${book.id}, found ${book.version}`,
});

export const isbnTaken = (isbn13: string, by: string): Rejection => ({
  code: "isbn-taken",
  detail: `ISBN ${isbn13} belongs to the book ${by}`,
  book: by,
});
