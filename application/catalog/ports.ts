import type { Book } from "@/domain/catalog/book.ts";
import type { Facet } from "@/domain/catalog/found_by.ts";
import type { SearchDocument } from "@/domain/catalog/search/search_document.ts";
import type { LikeWord } from "@/domain/catalog/spelling/vocabulary.ts";
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
  remove(book: Pick<Book, "id" | "version">): Promise<void>;
  /** The version in which the last book of the id was removed; 0 where none was. */
  removedAt(id: string): Promise<number>;
}

/** The stores of a command's transaction. */
export type CatalogStores = CommandStores & { books: Books };

/** A cursor in a list: the last item's `sortValue` and id. */
export type After = { value: string | number; id: string };

/** `scanLimit`: a store may give up when it has scanned so many books. */
export type BookList = {
  facets: Facet[];
  sort: BookSort;
  limit: number;
  after?: After;
  groups?: string[][];
  scanLimit?: number;
};
export type FacetCount = Facet & { count: number; book: string };

/** The catalogue as readers see it: what is stored, outside any transaction. */
export interface BookShelf {
  get(id: string): Promise<Book | undefined>;
  /** The version that is stored now, which costs a third of the book. A version of an id never has two contents. */
  versionOf(id: string): Promise<number | undefined>;
  /** A number that changes with each commit to the store, by any process. Missing where it costs as much as a book's version. */
  dataVersion?(): number;
  /** The books of these ids that exist, in the order of the ids. */
  byIds(ids: string[]): Promise<Book[]>;
  /**
   * Books that have all the facets and a word of each group, sorted (ties by id), after `after`. Books without a year are last by
   * newest and oldest. For groups that many books have: others are found by `matches`.
   */
  list(query: BookList): Promise<Book[]>;
  /** What each of these books is sorted by. */
  sortValues(ids: string[], sort: BookSort): Promise<After[]>;
  /** How many of these books have each filter but a work, and one of those that have it. */
  facetCounts(ids: string[]): Promise<FacetCount[]>;
  count(): Promise<number>;
  /** How many books each of these works has. A work: keys with a space between, of which a book has one. */
  editions(works: string[]): Promise<number[]>;
}

/** A word whose books are counted; with `prefix` those of all words that begin so. */
export type CountedWord = { text: string; prefix: boolean };

/** A search for candidates. `groups`: a book has at least one word of each; without a group any book. */
export type CandidateQuery = {
  groups: string[][];
  /** Books whose title key begins with `start` are candidates too, at most `most`: the first ones in the order of their title keys. */
  titled?: { start: string; most: number };
  facets: Facet[];
  most: number;
  /** Documents at hand, by id: they are not read again. */
  known?: ReadonlyMap<string, SearchDocument>;
};

/** Books that match: those that have a word of each group, and all facets. Without both, all books. */
export type MatchQuery = { groups: string[][]; facets: Facet[]; most: number; after?: Match };
/** A place in the order of matches, which means nothing else. */
export type Match = { id: string; priority: number };

/** The catalogue as search sees it. What has been saved in the same transaction is found. */
export interface BookSearch {
  /** How many books have each word, at most `most`. */
  counts(words: CountedWord[], most: number): Promise<number[]>;
  /** Words that begin so, in the order of their bytes, at most `most`. Some may have no book any more. */
  wordsFrom(start: string, most: number): Promise<string[]>;
  /** Words of the catalogue within `most` slips of a word; with `prefix` also longer ones whose beginning is. Nearest first. */
  wordsLike(word: string, most: number, prefix: boolean): Promise<LikeWord[]>;
  /** Words of the catalogue that sound like a word, those of the nearest lengths first. */
  wordsSounding(word: string): Promise<string[]>;
  /**
   * The most popular books (ties by id) that have all the groups and facets, at most `most`; and those by `titled` that have all
   * the facets. In no order, as the domain ranks them.
   */
  candidates(query: CandidateQuery): Promise<SearchDocument[]>;
  /** Books that match, after `after`, at most `most`: of fewer the last are reached. */
  matches(query: MatchQuery): Promise<Match[]>;
  /** What search knows of these books. */
  documents(ids: string[]): Promise<SearchDocument[]>;
  /** Yields to other work of this thread when a search has kept it long. Awaited between the steps of long work. */
  giveWay(): Promise<void>;
}

/** Popularity by readers' acts. It is added up after the acts, so that no act waits for another one of the same book. */
export interface PopularityFold {
  /** Adds up the oldest acts, at most `most`, each once. Returns how many. */
  fold(most: number): Promise<number>;
}

/** The index that search reads. After a change of what books are found by, it is made again in steps. */
export interface SearchIndex {
  /** Makes the index of the next books again, at most so many, the most popular first. How many there were; 0 when all are done. */
  remake(most: number): Promise<number>;
}

/** A book as another service knows it from the catalogue's events. */
export type BookCopy = Pick<Book, "id" | "version" | "title"> & { removed: boolean };

/** What another service knows of the catalogue. */
export interface CatalogueCopy {
  name: string;
  /** In the order of the ids, behind `after`. Removed ones too. */
  books(after: Pick<BookCopy, "id"> | undefined, limit: number): Promise<BookCopy[]>;
}
