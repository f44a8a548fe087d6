import type { DeadLetterStores } from "@/application/messaging/dead_letters/ports.ts";
import type { Outbox } from "@/application/messaging/outbox/ports.ts";

/** The ids of handled messages, which detect duplicates where an effect has no key of its own. */
export interface Inbox {
  /** Adds ids. Returns those that are new. */
  addNew(consumer: string, ids: string[]): Promise<Set<string>>;
  /** Removes ids that were added before a time, at most `most`. Returns how many. */
  purge(before: number, most: number): Promise<number>;
}

/** The stored answer to a request. */
export type Answer = { status: number; headers: [name: string, value: string][]; body: string };

/**
 * A request that takes a key until `until`, or until its answer is stored. Keys taken before `since` are free. A stored key that
 * ends after `until` is from before the clock was set back, and is shortened to `until`.
 */
export type Claim = { key: string; request: string; owner: string; now: number; until: number; since: number };
/** The result of a claim. `other`: a different request has the key. `running`: the same request has it and no answer yet. */
export type Claimed =
  | { kind: "taken" }
  | { kind: "answered"; answer: Answer }
  | { kind: "running"; until: number }
  | { kind: "other" };

/** The idempotency keys of clients, each with its answer once there is one. */
export interface IdempotencyKeys {
  take(claim: Claim): Promise<Claimed>;
  /** Stores the answer. Returns false when the owner no longer has the key. */
  storeAnswer(key: string, owner: string, answer: Answer): Promise<boolean>;
  /** Releases a key without an answer, if the owner still has it. */
  release(key: string, owner: string): Promise<void>;
  /** Removes keys that were taken before a time, at most `most`. Returns how many. */
  purge(before: number, most: number): Promise<number>;
}

/** The stores that a keyed request's transaction adds to its module's own. */
export type KeyStores = { idempotencyKeys: IdempotencyKeys };

/** The stores that every command's transaction adds to its module's own. */
export type CommandStores = DeadLetterStores & KeyStores & { outbox: Outbox; inbox: Inbox };
