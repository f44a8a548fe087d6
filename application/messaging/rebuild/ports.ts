import type { DeadLetterStores, LogInspection } from "@/application/messaging/dead_letters/ports.ts";
import type { Fence } from "@/application/messaging/leases/ports.ts";
import type { Cursor, Partition } from "@/application/messaging/wire/event_log.ts";

/** How far back a log reaches, and what of it cannot be read. */
export interface LogHistory extends LogInspection {
  /** Whether the log has all messages from each cursor on: the cursor is neither before its first one nor behind its end. */
  has(cursors: Cursor[]): Promise<boolean[]>;
  /**
   * The time since when the log has all messages of these partitions: the latest arrival of a partition's first message.
   * Infinity when one of them is empty.
   */
  begins(partitions: Pick<Partition, "topic" | "partition">[]): Promise<number>;
}

/** The version of a projection that readers see, and since when. */
export type Live = { version: number; since: number };

/** Versions of a projection, in a transaction: one is live, the next one may be being filled. */
export interface Versions {
  /** Begins an attempt to fill the next version and ends the one before. */
  begin(): Promise<{ live: number; attempt: number }>;
  /** Throws `Fenced` unless this is the last attempt and has not ended. No other attempt begins until the transaction ends. */
  hold(attempt: number): Promise<void>;
  /** Makes the version the live one and ends the attempt. Discards the dead letters of versions below and returns how many. */
  switchTo(version: number, at: number): Promise<number>;
  /**
   * Removes rows of all versions below or above, at most `most`, and returns how many. Positions go first, so that
   * no half-removed version is taken for a filled one.
   */
  clear(of: { below: number } | { above: number }, most: number): Promise<number>;
}

/** The stores that every projection's transaction adds to its own. */
export type ProjectionStores = DeadLetterStores & { versions: Versions; fence: Fence };
