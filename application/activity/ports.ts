import type { Found } from "@/domain/activity/found.ts";
import type { ReaderBook } from "@/domain/activity/reader_book.ts";
import type { CommandStores } from "@/application/messaging/commands/ports.ts";
import type { EphemeralMarks } from "@/application/messaging/projections/ports.ts";

/** What a command is about to ask of the stores, where it is known. `listed`: the act is kept in the reader's own list. */
export type ExpectedAct = {
  reader?: string | undefined;
  book?: string | undefined;
  id?: string | undefined;
  listed: boolean;
  /** The act has no order among others of its kind: it excludes only those that have one, and an erasure. */
  unordered?: boolean;
  /** Nobody may add or remove the book until the transaction ends. */
  locksBook?: boolean;
};

export interface Acts {
  /**
   * Comes first: until the transaction ends nobody else handles acts of these readers, so that what is read of them holds and
   * their events keep their order. Transactions whose acts are all `unordered` do not exclude each other. A store that is far away
   * reads what the acts will ask for all at once.
   */
  lockAndPrefetch(acts: ExpectedAct[]): Promise<void>;
}

/** What activity needs of the catalogue: whether books exist. */
export interface KnownBooks {
  /** Those of the ids that the catalogue has. */
  has(ids: string[]): Promise<Set<string>>;
}

/** What activity needs of search, for searches that were made elsewhere. */
export interface FirstResults {
  of(query: string): Promise<Found>;
}

/** Ids of acts that were accepted. */
export interface ActIds {
  /** Notes an id with the fingerprint of its act: new, there with the same one, or there with another. */
  note(id: string, fingerprint: string, now: number): Promise<"new" | "same" | "other">;
  /** Removes at most `most` of the ids that were noted before a time; returns how many. */
  purge(before: number, most: number): Promise<number>;
}

/** What readers have said about books. */
export interface ReaderBooks {
  get(reader: string, book: string): Promise<ReaderBook | undefined>;
  put(row: ReaderBook): Promise<void>;
  /** Removes all rows of the reader; how many it were. */
  removeReader(reader: string): Promise<number>;
  /** Removes all rows of the book; how many it were. */
  removeBook(book: string): Promise<number>;
}

/** How popular acts make books. */
export interface Popularity {
  /** Adds to a book; what is added counts from the next fold on. Costs no write to a row that other acts write too. */
  add(book: string, points: number): Promise<void>;
}

/** Marks of readers who were erased, so that nothing brings them back. */
export interface ErasedReaders extends EphemeralMarks {
  has(reader: string): Promise<boolean>;
}

/** The stores of a command's transaction. */
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
  /** What the reader has said about one book. */
  about(reader: string, book: string): Promise<ReaderBook | undefined>;
  /** What the reader has said about any of the books, in no order. */
  aboutBooks(reader: string, books: string[]): Promise<ReaderBook[]>;
}
