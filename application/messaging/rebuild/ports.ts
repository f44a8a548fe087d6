import type { DeadLetterStores } from "@/application/messaging/dead_letters/ports.ts";
import type { Fence } from "@/application/messaging/leases/ports.ts";
import type { Cursor } from "@/application/messaging/wire/event_log.ts";

/** A partition of a topic. `first`: the place of its first message, or of the one to come. `whole`: it has lost none yet. */
export type Partition = { topic: string; partition: number; first: string; whole: boolean };

/** How far back a log reaches. */
export interface LogHistory {
  partitions(topics: string[]): Promise<Partition[]>;
  /** Whether the log has what comes from each place on: it is neither before what is left, nor behind the end. */
  has(places: Cursor[]): Promise<boolean[]>;
  /** When the first message came that each of the partitions still has (ms): the latest of these times, Infinity where one has none. */
  begins(partitions: Pick<Partition, "topic" | "partition">[]): Promise<number>;
}

/** The version of a projection that readers see, and since when (ms). */
export type Live = { version: number; since: number };

/** Versions of a projection, in a transaction: one is live, the next one may be being filled. */
export interface Versions {
  /** Begins an attempt to fill the next version; whoever was at it before no longer may. */
  begin(): Promise<{ live: number; attempt: number }>;
  /** Throws `Fenced` unless this is the last attempt and has not ended; that stays so until the transaction ends. */
  hold(attempt: number): Promise<void>;
  /** Readers see this version from now on, and the attempt has ended. Letters of versions below are discarded; says how many. */
  switchTo(version: number, at: number): Promise<number>;
  /** Removes at most so many rows of all versions below or above: positions first, so that none is taken for filled; says how many. */
  clear(of: { below: number } | { above: number }, most: number): Promise<number>;
}

/** The stores that every projection's transaction has beside its own. */
export type ProjectionStores = DeadLetterStores & { versions: Versions; fence: Fence };
