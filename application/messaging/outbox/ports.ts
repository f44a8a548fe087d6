import type { Outgoing } from "@/application/messaging/wire/event_log.ts";

export interface Outbox {
  /**
   * Adds messages and numbers their rows in order. Rows of one key are in the order of their commits, as a transaction
   * locks what belongs to a key before it adds.
   */
  add(messages: Outgoing[]): Promise<void>;
  remove(rows: string[]): Promise<void>;
}

/** A message in the outbox, and the number of its row. */
export type OutboxRow = { row: string; message: Outgoing };

/** The outbox as the relay reads it. */
export interface OutboxQueue {
  /**
   * Reads the oldest rows of the shards (see `shardOf`) in order, whatever was read before: about `rows` at most, and
   * after the first row only as many as have `bytes` together.
   */
  read(shards: number[], most: { rows: number; bytes: number }): Promise<OutboxRow[]>;
  /** Counts the rows one by one: slow when there are many. */
  size(): Promise<number>;
  /** An upper bound of `size()`, at once however many rows there are. */
  atMost(): Promise<number>;
  /** The age of the oldest row by the store's clock; undefined when the outbox is empty. */
  ageMs(): Promise<number | undefined>;
}
