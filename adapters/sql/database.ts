import type { Changes, CommitOptions } from "@/application/ports.ts";
import type { Statements } from "./statements.ts";

/** A store's database. `Own`: the type of its statements. */
export interface Database<Own = Statements> {
  /** Reads outside of any transaction. */
  read: Own;
  /** Runs a transaction and rolls it back when the work rejects. The work may run again after a conflict with another transaction. */
  transaction<Value>(work: (statements: Own) => Promise<Value>, options?: CommitOptions): Promise<Value>;
  /** Returns a number that changes when another connection has written. Missing where this costs more than it saves. */
  writesOfOthers?(): number;
  /** Returns a number that changes with each commit to the store, of whatever connection. Missing where it takes a round trip. */
  dataVersion?(): number;
  changes(): Changes;
  ping(): Promise<void>;
  /** Returns the approximate bytes of the tables and their indexes. */
  size(): Promise<number>;
  close(): Promise<void>;
}
