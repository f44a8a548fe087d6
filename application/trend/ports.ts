import type { Bucket } from "@/domain/trend/decay.ts";
import type { Act } from "@/domain/trend/replay.ts";
import type { Spelling } from "@/domain/trend/spelling.ts";
import type { Subject, Vote } from "@/domain/trend/vote.ts";
import type { PerWindow, Window } from "@/domain/trend/window.ts";
import type { ProjectionStores } from "@/application/messaging/rebuild/ports.ts";
import type { ErasedMarks, ProjectionStore } from "@/application/messaging/projections/ports.ts";
import type { UnitOfWork } from "@/application/ports.ts";

/** What trends show of a book; `version` is the catalogue's, `removed` keeps a late change from bringing it back. */
export type TrendBook = {
  id: string;
  title: string;
  authors: string[];
  version: number;
  removed: boolean;
  /** The key of its work and its subjects, unless the event was of a version that did not tell them. */
  work?: string;
  subjects?: string[];
};
/** When a book was removed. What was done before was about that one, whichever has its id now. */
export type BookRemoval = { id: string; version: number; time: number };
/** A book with the time of the last removal of its id. */
export type ShownBook = TrendBook & { since?: number };
/** Votes for a book from a time on and before another. */
export type BookSpan = { key: string; from: number; to: number };
/** What was last typed for a query, with the first books that it found then. Readers' votes say how it is shown. */
export type TrendQuery = { key: string; query: string; books: string[]; time: number };
export type SubjectKey = { subject: Subject; key: string };
export type KeyedBucket = SubjectKey & { kind: Vote["kind"] } & Bucket;
export type KeyedScore = SubjectKey & { score: PerWindow };

/** Votes of hours before `since`, the start of a week, that were stored before a time. */
export type OldVotes = { since: number; storedBefore: number };
/** `removed`: how many, about. `after`: where to go on, which only the store reads. */
export type VotesPurged = { removed: number; after?: string; done: boolean };

/** Votes by their key, inside a transaction. */
export interface Votes {
  /** The stored votes of the same voters for the same keys on the same days (UTC), of any kind and hour. */
  ofSameDays(votes: Vote[]): Promise<Vote[]>;
  /** Stores the votes that were not there and returns them. */
  addNew(votes: Vote[]): Promise<Vote[]>;
  /** Removes a reader's votes and returns them; `erased` keeps the mark. */
  removeReader(reader: string): Promise<Vote[]>;
  /** Removes the votes of keys that are from before a time and were stored before it, and returns them. */
  removeOf(keys: SubjectKey[], before: number): Promise<Vote[]>;
  /**
   * Removes the next old votes after `after`: at most `most`, or those of a whole week at once where that costs nothing. Returns
   * where to go on (`after`), or `done` after the last ones.
   */
  purge(old: OldVotes, after: string | undefined, most: number): Promise<VotesPurged>;
}

/** Whole-number counts per time bucket. */
export interface Counts {
  /** Adds to the counts (negative takes away). */
  add(buckets: KeyedBucket[]): Promise<void>;
  of(subject: Subject, key: string): Promise<KeyedBucket[]>;
  /** The counts of those of the keys that have no vote, for each key as of one moment. */
  unvoted(keys: SubjectKey[]): Promise<KeyedBucket[]>;
}

/** Stored forward-decay scores, for the ranges that lists are chosen from. */
export interface Scores {
  /** Adds the votes that the scores are made of to those of the stored ones (see `sumOf`). */
  add(scores: KeyedScore[]): Promise<void>;
  /** The stored scores, locked until the transaction ends. */
  lock(keys: SubjectKey[]): Promise<KeyedScore[]>;
  put(scores: KeyedScore[]): Promise<void>;
  remove(keys: SubjectKey[]): Promise<void>;
}

/** Titles and queries as they are shown. */
export interface Shown {
  /** Stores each book unless a later version is stored. */
  putBooks(books: TrendBook[]): Promise<void>;
  /** Keeps each removal unless one of a later version of the book is there, or one of the same that was later. */
  putRemovals(removals: BookRemoval[]): Promise<void>;
  /**
   * Stores each query unless a later one is there. Of two of the same time the one whose text, then whose books as JSON, sorts
   * first is stored, so that the order of arrival does not matter.
   */
  putQueries(queries: TrendQuery[]): Promise<void>;
  /** Removes those of the queries that have no vote and were last searched for before a time. Returns how many. */
  removeUnvoted(keys: string[], before: number): Promise<number>;
}

/** The stores of a transaction. */
export type TrendStores = ProjectionStores & {
  votes: Votes;
  counts: Counts;
  scores: Scores;
  shown: Shown;
  erased: ErasedMarks;
};

/** Votes after `from` up to `at`, of which each has lost half its weight in a half-life. */
export type PastSpan = { from: number; at: number; halfLifeMs: number };

/** Where the next older acts begin. */
export type ActPosition = { key: string; start: number };

/** What lists of earlier moments are read from, and what is counted over several keys. */
export interface TrendPast {
  /** Keys by the weight that was left of their buckets, most first, ties by key. */
  candidatesAt(subject: Subject, span: PastSpan, limit: number): Promise<string[]>;
  /** Distinct readers of the votes of any of the keys after `from` up to `to`. */
  readers(subject: Subject, keys: string[], from: number, to: number): Promise<Set<string>>;
  /**
   * What was done in each bucket before a position, the newest first, then by key from the last on: all kinds weigh, and only searches
   * that found a book are not counted.
   */
  acts(subject: Subject, before: ActPosition | undefined, limit: number): Promise<Act[]>;
  /** How many buckets there are from a time on, counted no further than `most`. */
  busy(subject: Subject, from: number, most: number): Promise<number>;
}

/** Votes: searches and other acts apart, and the distinct readers of both. */
export type Tally = { count: number; readers: number; searches: number };

/** What lists are read from, outside any transaction, of one projection version. */
export interface TrendReader extends TrendPast {
  /** Keys by stored score of the window, highest first, ties by key; `skip` passes over the first ones. */
  candidates(subject: Subject, window: Window, skip: number, limit: number): Promise<string[]>;
  /** `from`: only buckets that start then or later. */
  buckets(subject: Subject, keys: string[], from?: number): Promise<Map<string, Bucket[]>>;
  /** The votes of each key after `from` up to `to`. */
  tally(
    subject: Subject,
    keys: string[],
    from: number,
    to: number,
  ): Promise<Map<string, Tally>>;
  /** What the votes of a span count and weigh together. */
  sums(spans: BookSpan[]): Promise<Map<string, Pick<Bucket, "count" | "weight">>>;
  /** How readers spelled queries, by the newest votes of each: at most `SPELLING_VOTES`, by the hour. */
  spellings(queries: string[]): Promise<Map<string, Spelling[]>>;
  shown(
    books: string[],
    queries: string[],
  ): Promise<{ books: Map<string, ShownBook>; queries: Map<string, TrendQuery> }>;
}

/** Votes of a query that its spelling is counted from. */
export const SPELLING_VOTES = 500;

/** Keys that at least so many voters have voted for, who came by at least so many clients, by the stored votes from `from` on up to `to`. */
export interface ReaderFloor {
  reached(
    subject: Subject,
    keys: string[],
    least: number,
    span?: { from?: number; to?: number },
  ): Promise<Set<string>>;
}

/** The counts of one projection version, outside any transaction. `before`: only rows of an earlier time. */
export interface TrendHistory {
  /** Keys that have counts, in their order, behind `after`. */
  keys(after: SubjectKey | undefined, limit: number): Promise<SubjectKey[]>;
  /** A key's votes in their order, behind `after`. */
  votes(of: SubjectKey, before: number, after: Vote | undefined, limit: number): Promise<Vote[]>;
  /** All buckets of a key that start before the time, in their order. */
  buckets(of: SubjectKey, before: number): Promise<KeyedBucket[]>;
}

/** What one projection version shows of books and queries, in pages in the order of their keys behind `after`. */
export interface ShownHistory {
  books(after: Pick<TrendBook, "id"> | undefined, limit: number): Promise<TrendBook[]>;
  removals(after: BookRemoval | undefined, limit: number): Promise<BookRemoval[]>;
  /** Queries whose last time is before `before`. */
  queries(before: number, after: TrendQuery | undefined, limit: number): Promise<TrendQuery[]>;
  /** How many queries there are, counted no further than `most`. */
  queryCount(most: number): Promise<number>;
}

export type TrendVersion = {
  uow: UnitOfWork<TrendStores>;
  view: TrendReader;
  floor: ReaderFloor;
  history: TrendHistory;
  shownHistory: ShownHistory;
};

/** The windows of a shop: the one that is meant where none is named, and those that are offered. `acts`: how many they were chosen by. */
export type TrendSetting = { window: string; windows: string[]; acts?: number };
/** Settings that were chosen for a shop, in every version of the projection. The last one is in force. */
export interface TrendSettings {
  last(): Promise<{ number: number; time: number; setting: TrendSetting } | undefined>;
  /** Puts a setting in force and returns its number. */
  put(setting: TrendSetting, time: number): Promise<number>;
}

/** The trend service's store. */
export type TrendStore = ProjectionStore<TrendVersion> & { settings: TrendSettings };
