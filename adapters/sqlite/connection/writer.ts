import type { DatabaseSync, StatementSync } from "node:sqlite";
import { elapsedMs } from "@/application/elapsed.ts";
import type { Clock, CommitOptions } from "@/application/ports.ts";
import { BUSY, codeOf, statementsOf, type SyncStatements, withOutages } from "./connection.ts";

/** `durability`: `off` for data that may be lost in a power cut. */
type WriterDeps = { connection: DatabaseSync; clock: Clock; patienceMs: number; durability: "full" | "off" };
/** `full` syncs the write-ahead log at each commit, `normal` only at a checkpoint. */
type Synchronous = "full" | "normal" | "off";

const MAX_PAUSE_MS = 20;

/** Runs transactions on the one connection that writes to a file. */
export class Writer {
  readonly #connection: DatabaseSync;
  readonly #clock: Clock;
  readonly #patienceMs: number;
  readonly #statements: SyncStatements;
  // Prepared, as errors of `exec` lack SQLite's result code.
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #durability: "full" | "off";
  #synchronous: Synchronous;

  constructor({ connection, clock, patienceMs, durability }: WriterDeps) {
    this.#durability = this.#synchronous = durability;
    this.#connection = connection;
    this.#clock = clock;
    this.#patienceMs = patienceMs;
    this.#statements = statementsOf(connection);
    this.#begin = connection.prepare("BEGIN IMMEDIATE");
    this.#commit = connection.prepare("COMMIT");
  }

  /** Runs a transaction and rolls it back when the work rejects. `rows`: how many rows it changed. */
  async run<Value>(
    work: (statements: SyncStatements) => Promise<Value>,
    { asynchronous = false }: CommitOptions = {},
  ): Promise<{ value: Value; rows: number }> {
    await this.#beginWhenFree(this.#durability === "full" && asynchronous ? "normal" : this.#durability);
    try {
      const before = this.#rowsWritten();
      const value = await work(this.#statements);
      const rows = this.#rowsWritten() - before;
      withOutages(() => this.#commit.run());
      return { value, rows };
    } catch (error) {
      this.#rollback();
      throw error;
    }
  }

  /** Rolls back. Ignores a failure of that, so that the caller throws the error of the transaction itself. */
  #rollback(): void {
    try {
      if (this.#connection.isTransaction) this.#connection.exec("ROLLBACK");
    } catch {
      // The next transaction rolls back again before it begins.
    }
  }

  /** Begins a transaction. Retries asynchronously while another process holds the file, and throws `Unavailable` after `patienceMs`. */
  async #beginWhenFree(synchronous: Synchronous): Promise<void> {
    const begun = this.#clock.now();
    this.#rollback();
    this.#synchronise(synchronous);
    for (let pauseMs = 1;; pauseMs = Math.min(MAX_PAUSE_MS, pauseMs + 1)) {
      try {
        return void this.#begin.run();
      } catch (error) {
        if (codeOf(error) !== BUSY || elapsedMs(this.#clock, begun) > this.#patienceMs) {
          return withOutages(() => {
            throw error;
          });
        }
        await this.#clock.sleep(pauseMs);
      }
    }
  }

  /** Sets `PRAGMA synchronous` between transactions, as SQLite ignores it inside one. */
  #synchronise(synchronous: Synchronous): void {
    if (synchronous === this.#synchronous) return;
    withOutages(() => this.#connection.exec(`PRAGMA synchronous = ${synchronous}`));
    this.#synchronous = synchronous;
  }

  #rowsWritten(): number {
    return Number(this.#statements.get("SELECT total_changes() AS n")!.n);
  }
}
