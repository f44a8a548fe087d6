import type { StoredDeadLetter } from "@/application/messaging/consuming/ports.ts";

/** Letters as an operator settles them, in the transaction of the effects. */
export interface DeadLetterDesk {
  /** Those of the letters that are still set aside; nobody else settles them until the transaction ends. */
  hold(ids: number[]): Promise<Set<number>>;
  settle(ids: number[], how: "replayed" | "discarded", at: number): Promise<void>;
  /** Notes one more attempt that failed. */
  failedAgain(id: number, detail: string): Promise<void>;
  /** Forgets letters that were settled before a time (ms), at most so many; how many it were. */
  purge(before: number, most: number): Promise<number>;
}

/** Letters that are not settled, outside any transaction. */
export interface DeadLetterReader {
  /** In the order in which they were set aside, behind the id `after`. */
  list(filter: DeadLetterFilter, after: number, limit: number): Promise<StoredDeadLetter[]>;
  get(id: number): Promise<StoredDeadLetter | undefined>;
  count(): Promise<number>;
}
export type DeadLetterFilter = { consumer?: string; version?: number; topic?: string; key?: string };
