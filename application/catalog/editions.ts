import type { Book } from "@/domain/catalog/book.ts";
import { workOf } from "@/domain/catalog/work.ts";
import type { BookShelf } from "./ports.ts";

/** A book with the key of its work, by which its editions are found. */
type WorkBook = Book & { work: string };
/** `editions`: how many books of the catalogue are editions of the work, this one among them. */
export type Edition = WorkBook & { editions: number };

export const withWork = (book: Book): WorkBook => ({ ...book, work: workOf(book) });

/** Books with their works, and how many editions each work has. */
export async function withEditions(shelf: Pick<BookShelf, "editions">, books: Book[]): Promise<Edition[]> {
  const withWorks = books.map(withWork);
  const counts = await shelf.editions(withWorks.map(({ work }) => work));
  return withWorks.map((book) => ({ ...book, editions: Math.max(1, counts.get(book.work) ?? 1) }));
}
