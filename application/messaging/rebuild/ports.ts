import type { DeadLetterStores, LogInspection } from "@/application/messaging/dead_letters/ports.ts";
import type { Fence } from "@/application/messaging/leases/ports.ts";
import type { Cursor, Partition } from "@/application/messaging/wire/event_log.ts";

/** Answers how far back a log reaches, and which records cannot be read. */
export interface LogHistory extends LogInspection {
  /** Returns for each cursor whether the log has all messages from it on: it is between the oldest message and the end. */
  has(cursors: Cursor[]): Promise<boolean[]>;
  /**
   * Returns since when the log has all messages of these partitions: the latest arrival of a partition's oldest message.
   * Returns Infinity when one of them is empty.
   */
  begins(partitions: Pick<Partition, "topic" | "partition">[]): Promise<number>;
}

/** The live version of a projection, and since when it is live. */
export type Live = { version: number; since: number };

/** The versions of a projection in a transaction. One is live. A rebuild may be filling the next one. */
export interface Versions {
  /** Begins an attempt to fill the next version. Ends the previous attempt. */
  begin(): Promise<{ live: number; attempt: number }>;
  /** Throws `Fenced` unless this is the current attempt. Locks it, so that no other attempt begins until the transaction ends. */
  lockAttempt(attempt: number): Promise<void>;
  /** Makes the version live and ends the attempt. Discards the dead letters of lower versions and returns how many. */
  switchTo(version: number, at: number): Promise<number>;
  /**
   * Removes rows of all versions below or above, at most `most`, and returns how many. Removes positions first, so that a
   * half-removed version does not look like a filled one.
   */
  clear(of: { below: number } | { above: number }, most: number): Promise<number>;
}

/** The stores that every projection's transaction adds to its own. */
export type ProjectionStores = DeadLetterStores & { versions: Versions; fence: Fence };
