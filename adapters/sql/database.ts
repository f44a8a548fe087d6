import type { Changes } from "@/application/ports.ts";
import type { Statements } from "./statements.ts";

/** A store's database. `Own`: how its statements are run. */
export interface Database<Own = Statements> {
  /** What is stored, outside any transaction. */
  read: Own;
  /** One transaction, rolled back when the work rejects. The work may run again when another one was in its way. */
  transaction<Value>(work: (statements: Own) => Promise<Value>): Promise<Value>;
  changes(): Changes;
  ping(): Promise<void>;
  /** Bytes of the tables and their keys, about. */
  size(): Promise<number>;
  close(): Promise<void>;
}
