import type { DeadLetterStores } from "@/application/messaging/dead_letters/ports.ts";
import type { Outbox } from "@/application/messaging/outbox/ports.ts";

/** Ids of handled messages, for effects that have no key of their own. */
export interface Inbox {
  /** Adds the ids and returns those that were not there. */
  addNew(consumer: string, ids: string[]): Promise<Set<string>>;
  /** Removes ids that were added before a time, at most `most`. Returns how many. */
  purge(before: number, most: number): Promise<number>;
}

/** The stored answer to a request. */
export type Answer = { status: number; headers: [name: string, value: string][]; body: string };

/**
 * A request that takes a key until `until`, or until its answer is stored. Keys taken before `since` count as free. A key that
 * is taken for longer than `until` is so by a clock that was set back, and is taken until then.
 */
export type Claim = { key: string; request: string; owner: string; now: number; until: number; since: number };
/** The result of a claim. `other`: another request has the key. `running`: the same request has it and no answer yet. */
export type Claimed =
  | { kind: "taken" }
  | { kind: "answered"; answer: Answer }
  | { kind: "running"; until: number }
  | { kind: "other" };

/** Keys that clients give to their requests, each with the answer once there is one. */
export interface IdempotencyKeys {
  take(claim: Claim): Promise<Claimed>;
  /** Stores the answer for good; false when the owner no longer has the key. */
  keep(key: string, owner: string, answer: Answer): Promise<boolean>;
  /** Gives up a key that has no answer, if the owner still has it. */
  release(key: string, owner: string): Promise<void>;
  /** Removes keys that were taken before a time, at most `most`. Returns how many. */
  purge(before: number, most: number): Promise<number>;
}

/** The stores that a keyed request's transaction adds to its module's own. */
export type KeyStores = { idempotencyKeys: IdempotencyKeys };

/** The stores that every command's transaction adds to its module's own. */
export type CommandStores = DeadLetterStores & KeyStores & { outbox: Outbox; inbox: Inbox };
