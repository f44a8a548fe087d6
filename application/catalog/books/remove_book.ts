import { ok, refuse } from "@/domain/result.ts";
import type { Handler } from "@/application/messaging/commands/processor.ts";
import type { z } from "zod";
import { CATALOG, type removeBookCommand } from "@/application/catalog/messages.ts";
import type { Books } from "@/application/catalog/ports.ts";
import { notFound, otherVersion } from "./refusals.ts";

type Stores = { books: Books };

/** Takes a book out of the catalogue; refused when another version than the wanted one is there. */
export const removeBook: Handler<z.output<typeof removeBookCommand>, Stores> = async ({ id, version }, { stores }) => {
  const book = await stores.books.get(id);
  if (book === undefined) return refuse(notFound(id));
  if (version !== undefined && version !== book.version) return refuse(otherVersion(book, version));
  await stores.books.remove(book);
  return ok([{ type: CATALOG.bookRemoved, key: id, data: { id, version: book.version + 1 } }]);
};
