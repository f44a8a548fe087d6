import type { Incoming, Outgoing } from "@/application/messaging/wire/event_log.ts";

/** The services that have a store. */
export const STORES = ["web", "trend", "recommendation"] as const;
export type StoreName = (typeof STORES)[number];

/** A stored row, by column. */
export type Row = Record<string, string | number | Uint8Array | null>;

/** A consumer of the source: where its positions are, of which version (missing: the live one of a projection), and the topics that it reads. */
export type Reader = { store: StoreName; name: string; version?: number; topics: string[] };

/** A suite that moves. Nobody else can open it meanwhile, so that it stays as it is. */
export interface SourceSuite {
  /** Names the suite for good, however often it moves. */
  id: string;
  /** Another one whenever the suite has worked in between. */
  state: string;
  /**
   * What is unread of each partition. `begun`: where an earlier attempt began, by `topic/partition`; what it has sent is in the
   * new log already.
   */
  tails(begun: Map<string, string>): Tail[];
  store(name: StoreName, tails: Tail[]): SourceStore;
  /** Messages of a tail in their order, in batches: from `from` on, or from `after` on where that is later. */
  messages(tail: Tail, after: string | undefined): Iterable<Incoming[]>;
}

/** The end of a partition that some consumer has not read; positions are opaque. */
export type Tail = {
  topic: string;
  partition: number;
  /** The lowest position of a consumer. */
  from: string;
  /** Messages from here on come to every consumer again: from `from` on, or from where an earlier attempt began. */
  again: string;
  /** How many messages some consumer has not read, and how many each has not. */
  unread: number;
  unreadBy: Record<string, number>;
};

/** The rows of one service as its new store will have them. */
export interface SourceStore {
  tables: string[];
  /** Letters that do not move, as their messages come again. */
  lettersAgain: number;
  count(table: string): number;
  /** The rows behind the first `skip`, in an order that stays. */
  rows(table: string, skip: number): Iterable<Row>;
}

/** A service's store that is filled, with notes on how far that is. While it is not finished no service works on it. */
export interface TargetStore {
  notes(): Promise<Map<string, string>>;
  /** Rows by table, of all tables that a service fills. */
  counts(): Promise<Record<string, number>>;
  /** Adds rows to a table and notes, both or neither. */
  put(rows: { table: string; rows: Row[] } | undefined, notes: Record<string, string>): Promise<void>;
  /** Takes all rows away, then the notes whose names begin so. */
  clear(notes: string): Promise<void>;
}

/** The log that takes the unread messages. */
export interface TargetLog {
  /** Names the log and the suite's part of it. */
  id(): Promise<string>;
  append(messages: Outgoing[]): Promise<void>;
  /** How many messages each of the topics holds. */
  sizes(topics: string[]): Promise<Record<string, number>>;
}
