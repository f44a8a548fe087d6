import type { Outgoing } from "@/application/messaging/wire/event_log.ts";

export interface Outbox {
  /**
   * Adds messages in numbered rows, one shard each (`packsOf`). Rows of a key are numbered in commit order, as a transaction locks
   * its keys before it adds.
   */
  add(messages: Outgoing[]): Promise<void>;
  /** Removes messages by name. Rejects when one is missing, or is not the first waiting one of its row. */
  remove(rows: string[]): Promise<void>;
}

/** A message in the outbox. `row`: its name (see `nameOf`). */
export type OutboxRow = { row: string; message: Outgoing };

/** The relay's view of the outbox. */
export interface OutboxQueue {
  /**
   * Reads the oldest messages of the shards (see `shardOf`) in row order, whatever was read before. Returns at most `rows`
   * messages and, after the first one, at most `bytes` in all.
   */
  read(shards: number[], limits: { rows: number; bytes: number }): Promise<OutboxRow[]>;
  /** Returns how many messages wait. Slow when there are many, as it counts all rows. */
  size(): Promise<number>;
  /** Returns an upper bound of `size()`. Fast, however many rows there are. */
  sizeAtMost(): Promise<number>;
  /** Returns the age of the oldest message by the store's clock, or undefined when the outbox is empty. */
  ageMs(): Promise<number | undefined>;
}
