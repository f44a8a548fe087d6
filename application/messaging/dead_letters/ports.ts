import type { Cursor } from "@/application/messaging/wire/event_log.ts";
import type { Encoded } from "@/application/messaging/wire/envelope.ts";
import type { ConsumerStores, StoredDeadLetter } from "@/application/messaging/consuming/ports.ts";

/** Dead letters as an operator replays or discards them, in the transaction of the effects. */
export interface DeadLetterClosing {
  /** Locks those of the dead letters that are still parked, until the transaction ends, and returns their ids. */
  hold(ids: number[]): Promise<Set<number>>;
  /**
   * Those parked behind dead letters of one consumer, version and topic, in their keys, oldest first. While those are held no
   * more come: whoever parks a message behind a dead letter waits for it.
   */
  behind(held: StoredDeadLetter[], limit: number): Promise<StoredDeadLetter[]>;
  close(ids: number[], how: "replayed" | "discarded", at: number): Promise<void>;
  /** Counts one more failed attempt. */
  noteFailure(id: number, detail: string): Promise<void>;
  /** Removes dead letters that were closed before a time, at most `most`. Returns how many. */
  purge(before: number, most: number): Promise<number>;
}

/** The stores of a transaction that consumes messages, or replays or discards dead letters. */
export type DeadLetterStores = ConsumerStores & { deadLetterClosing: DeadLetterClosing };

/** Dead letters that are still parked, outside any transaction. */
export interface DeadLetterReader {
  /** In the order in which they were parked, after the id `after`. */
  list(filter: DeadLetterFilter, after: number, limit: number): Promise<StoredDeadLetter[]>;
  get(id: number): Promise<StoredDeadLetter | undefined>;
  count(): Promise<number>;
}
export type DeadLetterFilter = { consumer?: string; version?: number; topic?: string; key?: string };

/** What stands in the log and cannot be read. `next`: the position behind it, where that is known. `value`: its bytes, where they can be had. */
export type UnreadableRecord = Encoded & {
  position: string;
  next: string | undefined;
  reason: string;
  timestamp: number;
};

/** Looks into a log past what its readers see. */
export interface LogInspection {
  /** What stands at a cursor, where it cannot be read; undefined where it can, or there is nothing. */
  unreadableAt(cursor: Cursor): Promise<UnreadableRecord | undefined>;
}
