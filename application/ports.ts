/**
 * `asynchronous`: the commit does not wait for the disk, for what is done again from another store, or what nobody was told of. A
 * power cut takes the last commits, never one without those after it.
 */
export type CommitOptions = { asynchronous?: boolean };

/** Runs the work in one transaction, with its stores: all is stored when it resolves, nothing when it rejects. */
export interface UnitOfWork<Stores> {
  run<Value>(work: (stores: Stores) => Promise<Value>, options?: CommitOptions): Promise<Value>;
}

/** Wakes a loop when this process or another may have changed the store. A hint: a change may be missed. */
export interface Changes {
  /** Resolves at the first change since the last wait, after `maxMs`, or when the signal is aborted. */
  wait(maxMs: number, signal?: AbortSignal): Promise<void>;
}

/** What every store has in addition to its own ports. */
export interface Store {
  /** A new watcher of the store's changes. */
  changes(): Changes;
  /** Resolves when the store answers, rejects with `Unavailable` when it does not. */
  ping(): Promise<void>;
  /** The approximate size of its rows in bytes. */
  size(): Promise<number>;
  close(): Promise<void>;
}

/** Times are milliseconds since 1970 wherever they are numbers (`time`, `now`, `at`, `since`, `before`, `until`). */
export interface Clock {
  now(): number;
  /** Resolves after this time, or at once when the signal is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

export interface IdGenerator {
  /** A new id, ordered by time (UUIDv7). */
  fresh(): string;
  /** A new id that cannot be guessed and tells nothing. */
  random(): string;
  /** The id that these parts have, always the same one, at most 64 characters. */
  of(...parts: string[]): string;
}

/** One line for each thing that happened. Fields never hold a message's data. */
export interface Logger {
  debug(event: string, fields?: Record<string, unknown>): void;
  info(event: string, fields?: Record<string, unknown>): void;
  warn(event: string, fields?: Record<string, unknown>): void;
  error(event: string, fields?: Record<string, unknown>): void;
}
