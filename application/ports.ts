/** Opens one transaction and passes its stores to the work: all of it is stored when it resolves, none when it rejects. */
export interface UnitOfWork<Stores> {
  run<Value>(work: (stores: Stores) => Promise<Value>): Promise<Value>;
}

/** Tells that something may be new, from this process or another on the store: a wake, never a promise. */
export interface Changes {
  /** Resolves at the first change since the last wait, after `atMost` milliseconds, or when the signal is aborted. */
  wait(atMost: number, signal?: AbortSignal): Promise<void>;
}

/** What every store has beside its own ports. */
export interface Store {
  /** A new watcher of the store's changes, by this process or another. */
  changes(): Changes;
  /** Resolves when the store answers, rejects with `Unavailable` when it does not. */
  ping(): Promise<void>;
  /** Bytes that its rows take, about. */
  size(): Promise<number>;
  close(): Promise<void>;
}

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after so many milliseconds, or at once when the signal is aborted. */
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
  info(event: string, fields?: Record<string, unknown>): void;
  warn(event: string, fields?: Record<string, unknown>): void;
  error(event: string, fields?: Record<string, unknown>): void;
}
