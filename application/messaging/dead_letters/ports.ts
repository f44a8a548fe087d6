import type { ConsumerStores, StoredDeadLetter } from "@/application/messaging/consuming/ports.ts";

/** Dead letters as an operator replays or discards them, in the transaction of the effects. */
export interface DeadLetterDesk {
  /** Locks those of the dead letters that are still parked, until the transaction ends, and returns their ids. */
  hold(ids: number[]): Promise<Set<number>>;
  close(ids: number[], how: "replayed" | "discarded", at: number): Promise<void>;
  /** Counts one more failed attempt. */
  noteFailure(id: number, detail: string): Promise<void>;
  /** Removes dead letters that were closed before a time, at most `most`. Returns how many. */
  purge(before: number, most: number): Promise<number>;
}

/** The stores of a transaction that consumes messages, or replays or discards dead letters. */
export type DeadLetterStores = ConsumerStores & { deadLetterDesk: DeadLetterDesk };

/** Dead letters that are still parked, outside any transaction. */
export interface DeadLetterReader {
  /** In the order in which they were parked, after the id `after`. */
  list(filter: DeadLetterFilter, after: number, limit: number): Promise<StoredDeadLetter[]>;
  get(id: number): Promise<StoredDeadLetter | undefined>;
  count(): Promise<number>;
}
export type DeadLetterFilter = { consumer?: string; version?: number; topic?: string; key?: string };
