import type { Cursor, Incoming } from "@/application/messaging/wire/event_log.ts";

/** The key of a stored position. */
export type PositionKey = { consumer: string; version: number; logId: string; topic: string; partition: number };

/** Where to read next (undefined: the beginning). `epoch` counts owners, so that a former owner finds out. */
export type StoredPosition = { next: string | undefined; epoch: number };
export type PositionMove = { key: PositionKey; next: string };

/** Consumed positions, stored with the effects. */
export interface Positions {
  /** Makes the caller the owner: raises the epoch. */
  claim(key: PositionKey, owner: string): Promise<StoredPosition>;
  /**
   * Reads positions and locks them until the transaction ends. Locks are taken in one order, so that transactions do not deadlock.
   * Undefined where none is stored.
   */
  lock(keys: PositionKey[]): Promise<(StoredPosition | undefined)[]>;
  /** Moves stored positions. */
  move(moves: PositionMove[]): Promise<void>;
  /** The stored positions of a consumer's version in a log. */
  list(of: Pick<PositionKey, "consumer" | "version" | "logId">): Promise<Cursor[]>;
  /** Where each version of a consumer reads next in a partition. */
  versionsAt(key: Omit<PositionKey, "version">): Promise<{ version: number; next: string | undefined }[]>;
  /** Ids of the logs that a consumer has positions of in this store. */
  logs(consumer: string): Promise<string[]>;
}

/** Whose dead letters: a consumer's, of one projection version. */
export type DeadLetterOwner = { consumer: string; version: number };

/** A message that could not be handled, with its original bytes. */
export type DeadLetter = DeadLetterOwner & {
  /** The log that the message's position belongs to. */
  logId: string;
  message: Incoming;
  /**
   * `behind`: nothing is wrong with it, but an earlier message of its key is parked. `undecodable`: the bytes are not one
   * message's but what the log itself could not read, parked by an operator.
   */
  reason: "unreadable" | "undecodable" | "unknown-version" | "failed" | "time-ahead" | "behind" | "refused";
  detail: string;
  attempts: number;
  /** When it was parked. */
  at: number;
  /** Whether later messages of its key wait until it is replayed or discarded. */
  ordered: boolean;
};
export type StoredDeadLetter = DeadLetter & { id: number };

/** Dead letters as a consumer parks them, in the transaction of the effects. */
export interface DeadLetters {
  /** Stores a dead letter, unless it is there (same consumer, version, log, topic, partition and position). */
  park(deadLetter: DeadLetter): Promise<void>;
  /** Whether what the log cannot read at a position was parked before, in any version, settled since or not. */
  wasParked(place: Omit<PositionKey, "version"> & { position: string }): Promise<boolean>;
  /** Keys (hexadecimal) of the topic that an ordered dead letter blocks. */
  blockedKeys(of: DeadLetterOwner, topic: string): Promise<Set<string>>;
  /** Removes every dead letter, replayed and discarded ones too, that has the key (hexadecimal) on one of the topics. */
  forget(topics: string[], key: string): Promise<void>;
}

/** The stores that a consumer's transaction adds to those of its sink. */
export type ConsumerStores = { positions: Positions; deadLetters: DeadLetters };
