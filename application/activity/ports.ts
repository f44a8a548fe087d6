import type { Found } from "@/domain/activity/found.ts";
import type { ReaderBook } from "@/domain/activity/reader_book.ts";
import type { CommandStores } from "@/application/messaging/commands/ports.ts";
import type { EphemeralMarks } from "@/application/messaging/projections/ports.ts";

/** What a command will read from the stores, as far as it is known. `listed`: the act goes into the reader's own list. */
export type ExpectedAct = {
  reader?: string | undefined;
  book?: string | undefined;
  id?: string | undefined;
  listed: boolean;
  /** The act has no order among others of its kind. It only excludes ordered acts and erasures. */
  unordered?: boolean;
  /** Nobody else may add or remove the book until the transaction ends. */
  locksBook?: boolean;
};

export interface Acts {
  /**
   * Called first. Locks the readers of these acts until the transaction ends, so that reads stay valid and events keep their
   * order. Transactions with only `unordered` acts do not exclude each other. A remote store also reads all that the acts need.
   */
  lockAndPrefetch(acts: ExpectedAct[]): Promise<void>;
}

/** Which books the catalogue has. */
export interface KnownBooks {
  /** Returns the ids that the catalogue has. */
  has(ids: string[]): Promise<Set<string>>;
}

/** Search, for acts that report a search made elsewhere. */
export interface FirstResults {
  of(query: string): Promise<Found>;
}

/** The ids of accepted acts. */
export interface ActIds {
  /** Stores an id with the fingerprint of its act. Tells whether it is new, or known with the same or another fingerprint. */
  note(id: string, fingerprint: string, now: number): Promise<"new" | "same" | "other">;
  /** Removes at most `most` ids that were stored before a time. Returns their number. */
  purge(before: number, most: number): Promise<number>;
}

/** What readers say about books. */
export interface ReaderBooks {
  get(reader: string, book: string): Promise<ReaderBook | undefined>;
  put(row: ReaderBook): Promise<void>;
  /** Removes all rows of the reader. Returns their number. */
  removeReader(reader: string): Promise<number>;
  /** Removes all rows of the book. Returns their number. */
  removeBook(book: string): Promise<number>;
}

/** The popularity that acts add to books. */
export interface Popularity {
  /** Adds points to a book, which count after the next fold. Writes no row that other acts write. */
  add(book: string, points: number): Promise<void>;
}

/** Marks of erased readers, so that nothing brings them back. */
export interface ErasedReaders extends EphemeralMarks {
  has(reader: string): Promise<boolean>;
}

/** The stores within the transaction of a command. */
export type ActStores = {
  acts: Acts;
  knownBooks: KnownBooks;
  firstResults: FirstResults;
  actIds: ActIds;
  readerBooks: ReaderBooks;
  popularity: Popularity;
  erased: ErasedReaders;
};
export type ActivityStores = CommandStores & ActStores;

/** A reader's own list, newest first, outside any transaction. */
export interface ReaderList {
  of(reader: string, limit: number): Promise<ReaderBook[]>;
  /** What the reader says about one book. */
  about(reader: string, book: string): Promise<ReaderBook | undefined>;
  /** What the reader says about any of the books, in no order. */
  aboutBooks(reader: string, books: string[]): Promise<ReaderBook[]>;
}
