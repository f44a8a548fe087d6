import type { Interaction, ReaderSearch } from "@/domain/recommendation/interaction.ts";
import type { BookFacts } from "@/domain/recommendation/likeness.ts";
import type { Neighbour } from "@/domain/recommendation/neighbours.ts";
import type { Settings } from "@/domain/recommendation/settings.ts";
import type { ProjectionStores } from "@/application/messaging/rebuild/ports.ts";
import type { Fence } from "@/application/messaging/leases/ports.ts";
import type { ErasedMarks, ProjectionStore } from "@/application/messaging/projections/ports.ts";
import type { UnitOfWork } from "@/application/ports.ts";

/** A book as in the catalogue's events. */
export type KnownBook = BookFacts & { version: number; removed: boolean };

/** What readers did with books, inside a transaction. */
export interface Interactions {
  /**
   * Stores each row unless a later one of its reader, book and kind is stored. Returns the readers whose rows changed,
   * none if no row did; readers whose rows did not change may be among them.
   */
  put(rows: Interaction[]): Promise<string[]>;
  /** Keeps each search by reader and normal form unless a later one is there; only a reader's newest few are read. */
  putSearches(searches: ReaderSearch[]): Promise<void>;
  /** Whether a row or a search of the reader is stored. */
  has(reader: string): Promise<boolean>;
  /** Removes all by a reader; returns the books of the removed rows. */
  removeReader(reader: string): Promise<string[]>;
}

/** Books by what they are found by. */
export interface BookFactsStore {
  /** Keeps of each book what `newerBook` says. */
  put(books: KnownBook[]): Promise<void>;
}

/**
 * What the engine must refresh: a reader whose rows changed, a book that lost a reader for good, or the list of a book
 * whose neighbours have other readers now.
 */
export type Changed = { kind: "reader" | "book" | "list"; id: string };
/** `mark`: changes when it is marked again. */
export type ChangeMark = Changed & { mark: string };
export interface ChangeMarks {
  mark(changed: Changed[]): Promise<void>;
  /** Removes the marks that have not changed. */
  clear(marks: ChangeMark[]): Promise<void>;
}
/** What is marked, outside any transaction. */
export interface ChangeMarkReader {
  /** Up to `limit` marks: oldest first, lists last. */
  oldest(limit: number): Promise<ChangeMark[]>;
}

/** One packed row per book: how many readers chose it, and its neighbours. */
export type NeighbourList = { book: string; readers: number; neighbours: Neighbour[] };
interface NeighbourLists {
  put(lists: NeighbourList[]): Promise<void>;
}

/** The stores of the projection's transactions, and of the engine's. */
export type RecommendationStores = ProjectionStores & {
  interactions: Interactions;
  books: BookFactsStore;
  changed: ChangeMarks;
  erased: ErasedMarks;
};
export type EngineStores = { changed: ChangeMarks; lists: NeighbourLists; fence: Fence };

/** What readers did, outside any transaction. */
export interface InteractionReader {
  interactions(readers: string[]): Promise<Interaction[]>;
  /** Newest first. */
  searches(reader: string, limit: number): Promise<ReaderSearch[]>;
  /** Every reader's rows in pages, for the engine's start: readers above `after`, in their order. */
  page(after: string, limit: number): Promise<Interaction[]>;
  /** How many rows there are, counted no further than `most`. */
  count(most: number): Promise<number>;
}

/** Texts that differ after any change of books, and of lists and of how many readers books have. */
export type BookState = { books: string; lists: string };

/** What lists are made of, outside any transaction. Removed books are in no answer but `works`. */
export interface BookReader {
  state(): Promise<BookState>;
  /** The books whose lists were written between two such texts of lists, some twice; undefined where that is not known any more. */
  listsWritten(since: string, until: string): Promise<string[] | undefined>;
  facts(ids: string[]): Promise<BookFacts[]>;
  /** The works of these books, also of removed ones; of some none is known. */
  works(ids: string[]): Promise<{ book: string; work: string }[]>;
  /** Of each feature the ids of its most popular books (ties by id), `limit` at most. */
  withFeatures(features: string[], limit: number): Promise<Map<string, string[]>>;
  neighbours(books: string[]): Promise<NeighbourList[]>;
  /** Books by readers, then by imported popularity, then by id. */
  popular(limit: number): Promise<{ book: string; readers: number }[]>;
}

/**
 * The rows of one projection version, in pages in the order of their keys after `after`, outside any transaction.
 * `before`: only rows of an earlier time.
 */
export interface RecommendationHistory {
  interactions(before: number, after: Interaction | undefined, limit: number): Promise<Interaction[]>;
  searches(before: number, after: ReaderSearch | undefined, limit: number): Promise<ReaderSearch[]>;
  /** Removed books too. */
  books(after: Pick<KnownBook, "id"> | undefined, limit: number): Promise<KnownBook[]>;
}

/** `acts`: how many acts there were when the settings were chosen, or were last compared with others and kept. */
export type VersionSetting = Settings & { acts?: number };
/** The settings of a version: those chosen for it, or for the last one before it that has some. They stay as they are once it is live, but for `acts`. */
export interface VersionSettings {
  read(): Promise<VersionSetting | undefined>;
  put(setting: VersionSetting, time: number): Promise<void>;
}

export type RecommendationVersion = {
  settings: VersionSettings;
  uow: UnitOfWork<RecommendationStores & EngineStores>;
  readers: InteractionReader;
  marks: ChangeMarkReader;
  books: BookReader;
  history: RecommendationHistory;
};
/** The recommendation service's store. */
export type RecommendationStore = ProjectionStore<RecommendationVersion>;
