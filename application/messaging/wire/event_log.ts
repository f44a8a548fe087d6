import type { Encoded } from "./envelope.ts";

/** A message with the topic that it goes to. */
export type Outgoing = Encoded & { topic: string };

/** A message as read from a log. `position` and `next` are opaque: only the log compares positions. */
export type Incoming = Outgoing & { partition: number; position: string; next: string; timestamp: number };

/** Messages of one partition, in order, at least one. `from`: where reading began, as `open` or the last `handle` said. */
export type Batch = { topic: string; partition: number; from: string | undefined; messages: Incoming[] };

/** How long an append may take, in milliseconds: whoever takes over from another waits for so long. */
export const LONGEST_APPEND = 5_000;

/** The event log: topics of partitions; messages with equal keys share a partition and keep their order. */
export interface EventLog {
  /** Names this log for good; stored positions belong to it. Rejects with `Unavailable` while the log does not answer. */
  id(): Promise<string>;
  /**
   * Stores the messages, in this order within each key, before it resolves. May have stored some of them when it fails: with
   * `Refused` when one among them can never be stored as it is. Is over within `LONGEST_APPEND`, and stores nothing later.
   */
  append(messages: Outgoing[]): Promise<void>;
  /** Reads topics as a member of a group: members share the partitions, each partition has one owner at a time. */
  subscribe(subscription: Subscription): Consumer;
  /** How many messages each place has from `next` on (undefined: from the beginning), as of a moment ago. */
  lag(places: LogPlace[]): Promise<number[]>;
}

/** Where somebody reads on in a partition. */
export type LogPlace = { topic: string; partition: number; next: string | undefined };

/** A log that this suite keeps itself; what a broker keeps is the broker's own matter. */
export interface KeptLog {
  /**
   * Removes the oldest messages, at most so many: those from before `read` (ms) that every group that has ever followed their
   * topic has read, and those from before `any`. A group that comes to a removed message halts there. How many it were.
   */
  trim(before: { read: number; any: number }, most: number): Promise<number>;
  /** Bytes that the messages take. */
  size(): Promise<number>;
}

/** A partition of a topic. `first`: the place of its first message, or of the one to come. `whole`: it has lost none yet. */
export type Partition = { topic: string; partition: number; first: string; whole: boolean };

/** How far back a log reaches. */
export interface LogHistory {
  partitions(topics: string[]): Promise<Partition[]>;
  /** Whether the log has what comes from each place on: it is neither before what is left, nor behind the end. */
  has(places: LogPlace[]): Promise<boolean[]>;
  /** When the first message came that each of the partitions still has (ms): the latest of these times, Infinity where one has none. */
  begins(partitions: Pick<Partition, "topic" | "partition">[]): Promise<number>;
}

export interface Subscription {
  group: string;
  /** The group only passes by: it comes once, and the log need not keep messages for it. */
  passing?: boolean;
  topics: string[];
  /** Called at each assignment, before the first batch: where to read from, or undefined for the beginning. */
  open(topic: string, partition: number): Promise<string | undefined>;
  /** Handles a batch, or its beginning when it is to stop, and says where to read next. When it rejects, the partition is opened anew after a pause. */
  handle(batch: Batch): Promise<string>;
}

/**
 * How a member of a group fares; partitions as `topic/partition`. `halted`: those whose log has a gap where the reader left
 * off, which are not read on. `reachable`: the log has answered lately.
 */
export type MemberState = { assigned: string[]; halted: string[]; reachable: boolean };

export interface Consumer {
  /** Resolves when the member has joined its group. */
  joined: Promise<void>;
  state(): MemberState;
  /** Finishes the batch at hand, hands its partitions over and leaves the group. */
  stop(): Promise<void>;
}

/** Opens one transaction and passes its stores to the work: all of it is stored when it resolves, none when it rejects. */
export interface UnitOfWork<Stores> {
  run<Value>(work: (stores: Stores) => Promise<Value>): Promise<Value>;
}

/** What a stored position belongs to. */
export type PositionKey = { consumer: string; version: number; logId: string; topic: string; partition: number };

/** Consumed positions, stored with the effects. `epoch` counts owners, so that an earlier one notices that it is one. */
export interface Positions {
  /** Makes the caller the owner: raises the epoch, and tells where to read next (undefined: from the beginning). */
  claim(key: PositionKey, owner: string): Promise<{ next: string | undefined; epoch: number }>;
  /** The position under a lock that lasts until the transaction ends. */
  lock(key: PositionKey): Promise<{ next: string | undefined; epoch: number } | undefined>;
  move(key: PositionKey, next: string): Promise<void>;
  /** Ids of the logs that this store has positions in for a consumer. */
  logs(consumer: string): Promise<string[]>;
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

/** Whose letters: a consumer's, of one projection version. */
export type LettersOf = { consumer: string; version: number };

/** What could not be handled, with its original bytes. */
export type Letter = LettersOf & {
  /** The log that the message's position belongs to. */
  logId: string;
  message: Incoming;
  /** `behind`: nothing is wrong with it, but an earlier message of its key is set aside. */
  reason: "unreadable" | "unknown-version" | "failed" | "time-ahead" | "behind" | "refused";
  detail: string;
  attempts: number;
  /** When it was set aside (ms). */
  at: number;
  /** Whether later messages of its key wait until it is settled. */
  ordered: boolean;
};
export type StoredLetter = Letter & { id: number };

/** Letters as a consumer sets them aside, in the transaction of the effects. */
export interface DeadLetters {
  /** Keeps a letter; one that is there already (same consumer, version, log, topic, partition, position) is left alone. */
  park(letter: Letter): Promise<void>;
  /** Keys (hexadecimal) of the topic that an ordered letter holds up. */
  heldUp(of: LettersOf, topic: string): Promise<Set<string>>;
  /** Removes every letter, settled ones too, with the key (hexadecimal) on one of the topics. */
  forget(topics: string[], key: string): Promise<void>;
}

/** Letters as an operator settles them, in the transaction of the effects. */
export interface LetterDesk {
  /** Those of the letters that are still set aside; nobody else settles them until the transaction ends. */
  hold(ids: number[]): Promise<Set<number>>;
  settle(ids: number[], how: "replayed" | "discarded", at: number): Promise<void>;
  /** Notes one more attempt that failed. */
  failedAgain(id: number, detail: string): Promise<void>;
  /** Forgets letters that were settled before a time (ms), at most so many; how many it were. */
  purge(before: number, most: number): Promise<number>;
}

/** Letters that are not settled, outside any transaction. */
export interface LetterView {
  /** In the order in which they were set aside, behind the id `after`. */
  list(filter: LetterFilter, after: number, limit: number): Promise<StoredLetter[]>;
  get(id: number): Promise<StoredLetter | undefined>;
  count(): Promise<number>;
}
export type LetterFilter = { consumer?: string; version?: number; topic?: string; key?: string };

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

export interface Outbox {
  /**
   * Adds messages. Rows are numbered in their order; those of one key in the order of their commits, as a transaction holds
   * what belongs to a key before it adds.
   */
  add(messages: Outgoing[]): Promise<void>;
  remove(rows: string[]): Promise<void>;
}

/** What waits in the outbox, as the relay reads it. */
export interface OutboxQueue {
  /**
   * The oldest rows of the shards (see `shardOf`) in their order, whatever has been read before: about `rows` of them at most,
   * and beside the first only as many as have `bytes` together.
   */
  read(shards: number[], most: { rows: number; bytes: number }): Promise<{ row: string; message: Outgoing }[]>;
  /** Counts the rows one by one: for few of them, or now and then. */
  size(): Promise<number>;
  /** A number that is at least theirs, at once however many there are. */
  atMost(): Promise<number>;
  /** How long the oldest row has been there, in milliseconds by the store's clock; undefined when there is none. */
  age(): Promise<number | undefined>;
}

/** One owner at a time for work that must not be done twice at once. The store's clock decides when a lease has ended. */
export interface Leases {
  /**
   * Takes or renews each name that nobody else holds, for so long (ms). Returns those that are the owner's by now, each with
   * its epoch, which rises with every change of owner.
   */
  take(owner: string, names: string[], duration: number): Promise<Map<string, number>>;
  release(owner: string, names: string[]): Promise<void>;
  /** The owners of the names that begin so. */
  held(prefix: string): Promise<Map<string, string>>;
}

/** In a transaction: what its owner still holds. */
export interface Fence {
  /** Throws `Fenced` unless each lease has the epoch given here; it keeps it until the transaction ends. */
  check(epochs: Map<string, number>): Promise<void>;
}

/** Tells that something may be new, from this process or another on the store: a wake, never a promise. */
export interface Changes {
  /** Resolves at the first change since the last wait, after `atMost` milliseconds, or when the signal is aborted. */
  wait(atMost: number, signal?: AbortSignal): Promise<void>;
}

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after so many milliseconds, or at once when the signal is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

export interface Ids {
  /** A new id, ordered by time (UUIDv7). */
  fresh(): string;
  /** A new id that cannot be guessed and tells nothing. */
  random(): string;
  /** The id that these parts have, always the same one, at most 64 characters. */
  of(...parts: string[]): string;
}

/** One line for each thing that happened. Fields never hold a message's data. */
export interface Log {
  info(event: string, fields?: Record<string, unknown>): void;
  warn(event: string, fields?: Record<string, unknown>): void;
  error(event: string, fields?: Record<string, unknown>): void;
}
