import type { Book } from "@/domain/catalog/book.ts";
import type { Facet } from "@/domain/catalog/found_by.ts";
import type { BookSort } from "@/domain/catalog/sort_value.ts";
import type { CommandStores } from "@/application/messaging/commands/ports.ts";

/** What a command will read from the catalogue. */
export type ExpectedBook = { id?: string | undefined; isbn13?: string | undefined };

/** The catalogue inside a transaction. A saved book is found by search in the same transaction. */
export interface Books {
  /**
   * Called first: locks the books of these ids until the transaction ends. A store on a server reads all of them at once.
   */
  lockAndPrefetch(books: ExpectedBook[]): Promise<void>;
  get(id: string): Promise<Book | undefined>;
  /** The id of the book that has the ISBN. */
  withIsbn(isbn13: string): Promise<string | undefined>;
  /** Stores a new book or its next version, with everything that it is found by. */
  save(book: Book): Promise<void>;
  /** Removes a book. The version of its removal, the next one, is kept for good. */
  remove(book: Book): Promise<void>;
  /** The version in which the last book of the id was removed; 0 where none was. */
  removedAt(id: string): Promise<number>;
}

/** The stores of a command's transaction. */
export type CatalogStores = CommandStores & { books: Books };

/** A cursor in a list: the last item's `sortValue` and id. */
export type After = { value: string | number; id: string };

/** The catalogue as readers see it: what is stored, outside any transaction. */
export interface BookShelf {
  get(id: string): Promise<Book | undefined>;
  /** The books of these ids that exist, in the order of the ids. */
  byIds(ids: string[]): Promise<Book[]>;
  /** Books that have all the facets, sorted (ties by id), after `after`. Books without a year are last by newest and oldest. */
  list(query: { facets: Facet[]; sort: BookSort; limit: number; after?: After }): Promise<Book[]>;
  count(): Promise<number>;
}

export interface BookSearch {
  /**
   * Books that have every word, the last one as a prefix, and all the facets: books of exactly this title key, and the most
   * popular others (ties by id) up to `most`. In no order, as the domain ranks them.
   */
  candidates(query: { words: string[]; titleKey: string; facets: Facet[]; most: number }): Promise<Book[]>;
}
