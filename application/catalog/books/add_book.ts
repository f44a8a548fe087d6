import { createBook } from "@/domain/catalog/book.ts";
import { ok, refuse } from "@/domain/result.ts";
import type { Handler } from "@/application/messaging/commands/processor.ts";
import type { z } from "zod";
import { defined } from "@/application/defined.ts";
import { type addBookCommand, CATALOG } from "@/application/catalog/messages.ts";
import { withWork } from "./editions.ts";
import type { Books } from "@/application/catalog/ports.ts";
import { isbnTaken } from "./refusals.ts";

type Stores = { books: Books };

/** Adds a book; refused when its id or its ISBN is taken. */
export const addBook: Handler<z.output<typeof addBookCommand>, Stores> = async (data, { stores, ids }) => {
  const { id = ids.fresh(), ...details } = data;
  const created = createBook(id, defined(details), await stores.books.removedAt(id));
  if (!created.ok) return created;
  const book = created.value;
  if (await stores.books.get(id) !== undefined) {
    return refuse({ code: "book-exists", detail: `a book with the id ${id} exists`, book: id });
  }
  const taken = book.isbn13 === undefined ? undefined : await stores.books.withIsbn(book.isbn13);
  if (taken !== undefined) return refuse(isbnTaken(book.isbn13!, taken));
  await stores.books.save(book);
  return ok([{ type: CATALOG.bookAdded, key: id, data: withWork(book) }]);
};
