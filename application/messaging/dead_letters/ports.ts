import type { Cursor } from "@/application/messaging/wire/event_log.ts";
import type { Encoded } from "@/application/messaging/wire/envelope.ts";
import type { ConsumerStores, StoredDeadLetter } from "@/application/messaging/consuming/ports.ts";

/** Closes dead letters, replayed or discarded ones, in the transaction of the effects. */
export interface DeadLetterClosing {
  /** Locks those of the dead letters that are still parked, until the transaction ends, and returns their ids. */
  lock(ids: number[]): Promise<Set<number>>;
  /**
   * Returns the messages parked behind locked dead letters of one consumer, version and topic, oldest first. None is added while
   * they are locked: a consumer waits for the lock before it parks a message behind a dead letter.
   */
  parkedBehind(locked: StoredDeadLetter[], limit: number): Promise<StoredDeadLetter[]>;
  close(ids: number[], how: "replayed" | "discarded", at: number): Promise<void>;
  /** Counts one more failed attempt. */
  recordFailure(id: number, detail: string): Promise<void>;
  /** Removes dead letters that were closed before a time, at most `most`. Returns how many. */
  purge(before: number, most: number): Promise<number>;
}

/** The stores of a transaction that consumes messages, or replays or discards dead letters. */
export type DeadLetterStores = ConsumerStores & { deadLetterClosing: DeadLetterClosing };

/** Reads the dead letters that are still parked, outside of any transaction. */
export interface DeadLetterReader {
  /** Returns dead letters after the id `after`, in the order in which they were parked. */
  list(filter: DeadLetterFilter, after: number, limit: number): Promise<StoredDeadLetter[]>;
  get(id: number): Promise<StoredDeadLetter | undefined>;
  count(): Promise<number>;
}
export type DeadLetterFilter = { consumer?: string; version?: number; topic?: string; key?: string };

/** A record of the log that cannot be decoded. `next`: the position after it, where it is known. `value`: its bytes, if available. */
export type UnreadableRecord = Encoded & {
  position: string;
  next: string | undefined;
  reason: string;
  timestamp: number;
};

/** Inspects records of a log that consumers cannot read. */
export interface LogInspection {
  /** Returns the record at a cursor when it cannot be decoded. Returns undefined when it can, or when there is none. */
  unreadableAt(cursor: Cursor): Promise<UnreadableRecord | undefined>;
}
