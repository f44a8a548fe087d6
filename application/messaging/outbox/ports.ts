import type { Outgoing } from "@/application/messaging/wire/event_log.ts";

export interface Outbox {
  /**
   * Adds messages. Rows are numbered in their order; those of one key in the order of their commits, as a transaction holds
   * what belongs to a key before it adds.
   */
  add(messages: Outgoing[]): Promise<void>;
  remove(rows: string[]): Promise<void>;
}

/** A message that waits in the outbox, and the row's number. */
export type OutboxRow = { row: string; message: Outgoing };

/** What waits in the outbox, as the relay reads it. */
export interface OutboxQueue {
  /**
   * The oldest rows of the shards (see `shardOf`) in their order, whatever has been read before: about `rows` of them at most,
   * and beside the first only as many as have `bytes` together.
   */
  read(shards: number[], most: { rows: number; bytes: number }): Promise<OutboxRow[]>;
  /** Counts the rows one by one: for few of them, or now and then. */
  size(): Promise<number>;
  /** A number that is at least theirs, at once however many there are. */
  atMost(): Promise<number>;
  /** How long the oldest row has been there, in milliseconds by the store's clock; undefined when there is none. */
  ageMs(): Promise<number | undefined>;
}
