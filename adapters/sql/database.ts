import type { Changes, CommitOptions } from "@/application/ports.ts";
import type { Statements } from "./statements.ts";

/** A store's database. `Own`: the kind of its statements. */
export interface Database<Own = Statements> {
  /** What is stored, outside any transaction. */
  read: Own;
  /** One transaction, rolled back when the work rejects. The work may run again after a conflict with another transaction. */
  transaction<Value>(work: (statements: Own) => Promise<Value>, options?: CommitOptions): Promise<Value>;
  /** A number that changes whenever another connection has written. Missing where it costs as much as it saves. */
  writesOfOthers?(): number;
  changes(): Changes;
  ping(): Promise<void>;
  /** Bytes of the tables and their indexes, about. */
  size(): Promise<number>;
  close(): Promise<void>;
}
