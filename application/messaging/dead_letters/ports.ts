import type { ConsumerStores, StoredDeadLetter } from "@/application/messaging/consuming/ports.ts";

/** Dead letters as an operator replays or discards them, in the transaction of the effects. */
export interface DeadLetterDesk {
  /** Those of the dead letters that are still parked; nobody else replays or discards them until the transaction ends. */
  hold(ids: number[]): Promise<Set<number>>;
  close(ids: number[], how: "replayed" | "discarded", at: number): Promise<void>;
  /** Notes one more attempt that failed. */
  noteFailure(id: number, detail: string): Promise<void>;
  /** Forgets those that were replayed or discarded before a time (ms), at most so many; how many it were. */
  purge(before: number, most: number): Promise<number>;
}

/** The stores of a transaction in which messages are consumed, and those that were parked are replayed or discarded. */
export type DeadLetterStores = ConsumerStores & { deadLetterDesk: DeadLetterDesk };

/** Dead letters that are still parked, outside any transaction. */
export interface DeadLetterReader {
  /** In the order in which they were parked, behind the id `after`. */
  list(filter: DeadLetterFilter, after: number, limit: number): Promise<StoredDeadLetter[]>;
  get(id: number): Promise<StoredDeadLetter | undefined>;
  count(): Promise<number>;
}
export type DeadLetterFilter = { consumer?: string; version?: number; topic?: string; key?: string };
