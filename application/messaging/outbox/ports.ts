import type { Outgoing } from "@/application/messaging/wire/event_log.ts";

export interface Outbox {
  /**
   * Adds messages in rows of a shard each (`packsOf`), numbered in order. Rows of one key are in the order of their commits, as a
   * transaction locks what belongs to a key before it adds.
   */
  add(messages: Outgoing[]): Promise<void>;
  /** Removes messages by their names. Rejects when one is no longer there, or would go before another that waits in its row. */
  remove(rows: string[]): Promise<void>;
}

/** A message in the outbox. `row`: its name there. */
export type OutboxRow = { row: string; message: Outgoing };

/** The outbox as the relay reads it. */
export interface OutboxQueue {
  /**
   * Reads the oldest messages of the shards (see `shardOf`) in the order of their rows, whatever was read before: `rows` at
   * most, and after the first message only as many as have `bytes` together.
   */
  read(shards: number[], most: { rows: number; bytes: number }): Promise<OutboxRow[]>;
  /** How many messages wait. Counts row by row: slow when there are many. */
  size(): Promise<number>;
  /** An upper bound of `size()`, at once however many rows there are. */
  atMost(): Promise<number>;
  /** The age of the oldest message by the store's clock; undefined when the outbox is empty. */
  ageMs(): Promise<number | undefined>;
}
