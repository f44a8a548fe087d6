import { changeBook as changed } from "@/domain/catalog/book.ts";
import { ok, refuse } from "@/domain/result.ts";
import type { Handler } from "@/application/messaging/commands/processor.ts";
import type { z } from "zod";
import { defined } from "@/application/defined.ts";
import { CATALOG, type changeBookCommand } from "@/application/catalog/messages.ts";
import { withWork } from "./editions.ts";
import type { Books } from "@/application/catalog/ports.ts";
import { isbnTaken, notFound, otherVersion } from "./refusals.ts";

type Stores = { books: Books };

/** Replaces a book's details; refused when another version than the wanted one is there. */
export const changeBook: Handler<z.output<typeof changeBookCommand>, Stores> = async (data, { stores }) => {
  const { id, version, ...details } = data;
  const before = await stores.books.get(id);
  if (before === undefined) return refuse(notFound(id));
  if (version !== undefined && version !== before.version) return refuse(otherVersion(before, version));
  const next = changed(before, defined(details));
  if (!next.ok) return next;
  const book = next.value;
  const taken = book.isbn13 === undefined ? undefined : await stores.books.withIsbn(book.isbn13);
  if (taken !== undefined && taken !== id) return refuse(isbnTaken(book.isbn13!, taken));
  await stores.books.save(book);
  return ok([{ type: CATALOG.bookChanged, key: id, data: withWork(book) }]);
};
