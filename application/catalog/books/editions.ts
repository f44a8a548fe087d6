import type { Book } from "@/domain/catalog/book.ts";
import { type Facet, facet } from "@/domain/catalog/found_by.ts";
import { editionsBy, workOf, worksOf } from "@/domain/catalog/work.ts";
import type { BookShelf } from "@/application/catalog/ports.ts";

/** A book with the key of its work, by which its editions are found. */
type WorkBook = Book & { work: string };
/** `editions`: how many books of the catalogue are editions of the work, this one among them. */
export type Edition = WorkBook & { editions: number };

export const withWork = (book: Book): WorkBook => ({ ...book, work: workOf(book) });

/** The filter that leaves the editions of a book, itself among them. */
export const editionsFacet = (book: Book): Facet => facet("work", editionsBy(worksOf(book)).join(" "));

/** Of so many books of a work the keys are looked at: more hardly have an author that none of these has. */
const MAX_BOOKS = 100;

/** The filter that leaves the editions of all books of a published work. */
export async function workFacet(shelf: Pick<BookShelf, "list">, work: string): Promise<Facet> {
  const byKey = facet("work", editionsBy([work]).join(" "));
  const books = await shelf.list({ facets: [byKey], sort: "popularity", limit: MAX_BOOKS });
  const keys = books.filter((book) => workOf(book) === work).flatMap((book) => editionsBy(worksOf(book)));
  return keys.length === 0 ? byKey : facet("work", [...new Set(keys)].join(" "));
}

/** Books with their works, and how many editions each work has. */
export async function withEditions(shelf: Pick<BookShelf, "editions">, books: Book[]): Promise<Edition[]> {
  const counts = await shelf.editions(books.map(editionsFacet).map(({ value }) => value));
  return books.map((book, at) => ({ ...withWork(book), editions: Math.max(1, counts[at]!) }));
}
