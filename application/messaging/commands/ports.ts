import type { DeadLetterStores } from "@/application/messaging/dead_letters/ports.ts";
import type { Outbox } from "@/application/messaging/outbox/ports.ts";

/** Ids of messages that had their effect, where the effect has no key of its own. */
export interface Inbox {
  /** Notes the ids and returns those that were not there. */
  addNew(consumer: string, ids: string[]): Promise<Set<string>>;
  /** Forgets ids that were noted before a time (ms), at most so many; how many it were. */
  purge(before: number, most: number): Promise<number>;
}

/** The answer to a request, as it is kept. */
export type Answer = { status: number; headers: [name: string, value: string][]; body: string };

/**
 * A request that wants a key until `until`, or until it has its answer. What was taken before `since` counts as not there.
 * Times in milliseconds.
 */
export type Claim = { key: string; request: string; owner: string; now: number; until: number; since: number };
/** What became of a claim. `other`: the key belongs to another request; `running`: to the same one, which has no answer yet. */
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
  /** Removes at most `most` of the keys that were taken before the time; says how many. */
  purge(before: number, most: number): Promise<number>;
}

/** The stores that a keyed request's transaction has beside its module's own. */
export type KeyStores = { idempotencyKeys: IdempotencyKeys };

/** The stores that every command's transaction has beside its module's own. */
export type CommandStores = DeadLetterStores & KeyStores & { outbox: Outbox; inbox: Inbox };
