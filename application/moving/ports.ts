import type { Incoming, Outgoing } from "@/application/messaging/wire/event_log.ts";

/** The services that have a store. */
export const STORES = ["web", "trend", "recommendation"] as const;
export type StoreName = (typeof STORES)[number];

/** A stored row, by column. */
export type Row = Record<string, string | number | Uint8Array | null>;

/** A consumer of the source: the store of its positions, its topics, and its version (missing: a projection's live one). */
export type Reader = { store: StoreName; name: string; version?: number; topics: string[] };

/** A suite that moves. Nobody else can open it meanwhile, so that it stays as it is. */
export interface SourceSuite {
  /** The id of the suite for good, however often it moves. */
  id: string;
  /** Changes whenever the suite has worked. */
  state: string;
  /**
   * The unread end of each partition. `begun`: where an earlier attempt began, by `topic/partition`. What it sent is in the
   * new log.
   */
  tails(begun: Map<string, string>): Tail[];
  store(name: StoreName, tails: Tail[]): SourceStore;
  /** Messages of a tail in order, in batches: from its `from` on, or from `after` on if that is later. */
  messages(tail: Tail, after: string | undefined): Iterable<Incoming[]>;
}

/** The end of a partition that some consumer has not read; positions are opaque. */
export type Tail = {
  topic: string;
  partition: number;
  /** The lowest position of any consumer. */
  from: string;
  /** From here on every consumer gets the messages again: from `from`, or from where an earlier attempt began. */
  again: string;
  /** Messages that some consumer has not read, and how many each has not read. */
  unread: number;
  unreadBy: Record<string, number>;
};

/** The rows of one service as its new store will have them. */
export interface SourceStore {
  tables: string[];
  /** Dead letters that do not move, as their messages come again. */
  deadLettersAgain: number;
  count(table: string): number;
  /** The rows after the first `skip`, always in the same order. */
  rows(table: string, skip: number): Iterable<Row>;
}

/** A service's store that is filled, with notes of the progress. No service works on it until the move is finished. */
export interface TargetStore {
  notes(): Promise<Map<string, string>>;
  /** Rows by table, of all tables that a service fills. */
  counts(): Promise<Record<string, number>>;
  /** Adds rows to a table and notes, in one transaction. */
  put(rows: { table: string; rows: Row[] } | undefined, notes: Record<string, string>): Promise<void>;
  /** Removes all rows, then the notes whose names begin with `notes`. */
  clear(notes: string): Promise<void>;
}

/** The log that takes the unread messages. */
export interface TargetLog {
  /** The id of the log and of the suite's part of it. */
  id(): Promise<string>;
  append(messages: Outgoing[]): Promise<void>;
  /** How many messages each of the topics holds. */
  sizes(topics: string[]): Promise<Record<string, number>>;
}
