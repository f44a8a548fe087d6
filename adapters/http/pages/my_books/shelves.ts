import type { ReaderBook } from "@/domain/activity/reader_book.ts";
import { withQuery } from "@/adapters/http/pages/links.ts";

/** The shelves of a reader in the order in which they are shown. */
export const SHELVES = [
  ["reading", "Reading"],
  ["want", "Want to read"],
  ["read", "Read"],
  ["rated", "Rated"],
  ["dismissed", "Not for me"],
] as const;
export type ShelfName = typeof SHELVES[number][0];
/** The ids of the books on each shelf. */
export type Shelves = Record<ShelfName, string[]>;

/** Groups books by shelf, in the given order. Books that are only rated have a shelf of their own. */
export function shelvesOf(rows: ReaderBook[]): Shelves {
  const shelves: Shelves = { reading: [], want: [], read: [], rated: [], dismissed: [] };
  for (const { book, shelf, dismissed } of rows) shelves[dismissed ? "dismissed" : shelf ?? "rated"].push(book);
  return shelves;
}

/** The address of a reader's books, or of one shelf from an offset on. */
export const pageUrl = (shelf?: ShelfName, from = 0): string =>
  withQuery("/my-books", { shelf, from: from === 0 ? undefined : String(from) });
