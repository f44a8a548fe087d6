import type { Cursor, Incoming } from "@/application/messaging/wire/event_log.ts";

/** The key of a stored position. */
export type PositionKey = { consumer: string; version: number; logId: string; topic: string; partition: number };

/** The next position (undefined: the beginning). `epoch` counts the owners, so that a former owner is fenced. */
export type StoredPosition = { next: string | undefined; epoch: number };
export type PositionMove = { key: PositionKey; next: string };

/** The consumed positions. They are committed with the effects. */
export interface Positions {
  /** Makes the caller the owner by raising the epoch. */
  claim(key: PositionKey, owner: string): Promise<StoredPosition>;
  /**
   * Locks positions until the transaction ends and returns them, or undefined where none is stored. Takes the locks in one order,
   * so that transactions do not deadlock.
   */
  lock(keys: PositionKey[]): Promise<(StoredPosition | undefined)[]>;
  /** Moves stored positions. */
  move(moves: PositionMove[]): Promise<void>;
  /** Returns the stored positions of a consumer's version in a log. */
  list(of: Pick<PositionKey, "consumer" | "version" | "logId">): Promise<Cursor[]>;
  /** Returns the next position of each version of a consumer in a partition. */
  versionsAt(key: Omit<PositionKey, "version">): Promise<{ version: number; next: string | undefined }[]>;
  /** Returns the ids of the logs in which a consumer has positions. */
  logs(consumer: string): Promise<string[]>;
}

/** The consumer and the projection version that a dead letter belongs to. */
export type DeadLetterOwner = { consumer: string; version: number };

/** A message that could not be handled, with its original bytes. */
export type DeadLetter = DeadLetterOwner & {
  /** The log that the message's position belongs to. */
  logId: string;
  message: Incoming;
  /**
   * `behind`: an earlier message of its key is parked. `undecodable`: the log itself could not decode these bytes, and an operator
   * parked them.
   */
  reason: "unreadable" | "undecodable" | "unknown-version" | "failed" | "time-ahead" | "behind" | "refused";
  detail: string;
  attempts: number;
  /** When it was parked. */
  at: number;
  /** Whether it blocks later messages of its key until it is replayed or discarded. */
  ordered: boolean;
};
export type StoredDeadLetter = DeadLetter & { id: number };

/** Parks dead letters in the transaction of the effects. */
export interface DeadLetters {
  /** Stores a dead letter unless it exists (same consumer, version, log, topic, partition and position). */
  park(deadLetter: DeadLetter): Promise<void>;
  /** Returns whether an undecodable record was parked before at this position, in any version, whether it is closed or not. */
  wasParked(place: Omit<PositionKey, "version"> & { position: string }): Promise<boolean>;
  /** Returns the keys (hexadecimal) of the topic that are blocked by an ordered dead letter. */
  blockedKeys(of: DeadLetterOwner, topic: string): Promise<Set<string>>;
  /** Removes all dead letters, including closed ones, of a key (hexadecimal) in the topics. */
  forget(topics: string[], key: string): Promise<void>;
}

/** The stores that a consumer's transaction adds to those of its sink. */
export type ConsumerStores = { positions: Positions; deadLetters: DeadLetters };
