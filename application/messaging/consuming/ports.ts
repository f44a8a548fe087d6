import type { Incoming } from "@/application/messaging/wire/event_log.ts";

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

/** Whose dead letters: a consumer's, of one projection version. */
export type DeadLetterOwner = { consumer: string; version: number };

/** A message that could not be handled, with its original bytes. */
export type DeadLetter = DeadLetterOwner & {
  /** The log that the message's position belongs to. */
  logId: string;
  message: Incoming;
  /** `behind`: nothing is wrong with it, but an earlier message of its key is parked. */
  reason: "unreadable" | "unknown-version" | "failed" | "time-ahead" | "behind" | "refused";
  detail: string;
  attempts: number;
  /** When it was parked (ms). */
  at: number;
  /** Whether later messages of its key wait until it is replayed or discarded. */
  ordered: boolean;
};
export type StoredDeadLetter = DeadLetter & { id: number };

/** Dead letters as a consumer parks them, in the transaction of the effects. */
export interface DeadLetters {
  /** Keeps a dead letter; one that is there already (same consumer, version, log, topic, partition, position) is left alone. */
  park(deadLetter: DeadLetter): Promise<void>;
  /** Keys (hexadecimal) of the topic that an ordered dead letter blocks. */
  blockedKeys(of: DeadLetterOwner, topic: string): Promise<Set<string>>;
  /** Removes every dead letter, replayed and discarded ones too, with the key (hexadecimal) on one of the topics. */
  forget(topics: string[], key: string): Promise<void>;
}

/** The stores that a consumer needs in its transaction, beside those of its sink. */
export type ConsumerStores = { positions: Positions; deadLetters: DeadLetters };
