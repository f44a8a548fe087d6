import { isId } from "@/domain/free_text.ts";
import { invalid } from "@/domain/rejection.ts";
import { ok, refuse } from "@/domain/result.ts";
import type { Handler } from "@/application/messaging/commands/processor.ts";
import type { z } from "zod";
import { ACTIVITY, bookKey, type forgetBookCommand } from "./messages.ts";
import type { KnownBooks, ReaderBooks } from "./ports.ts";

type Stores = { knownBooks: KnownBooks; readerBooks: ReaderBooks };

/** Removes a book that left the catalogue from all readers' lists. Refused when the catalogue has it again. */
export const forgetBook: Handler<z.output<typeof forgetBookCommand>, Stores> = async ({ book }, { stores }) => {
  if (!isId(book)) return refuse(invalid([{ path: ["book"], message: "wanted a book's id" }]));
  if ((await stores.knownBooks.has([book])).has(book)) {
    return refuse({ code: "book-exists", detail: `the catalogue has the book ${book}, so that readers keep it` });
  }
  const readers = await stores.readerBooks.removeBook(book);
  return ok([{ type: ACTIVITY.bookForgotten, key: bookKey(book), subject: book, data: { book, readers } }]);
};
