import type { DatabaseSync, StatementSync } from "node:sqlite";
import { elapsedMs } from "@/application/elapsed.ts";
import type { Clock, CommitOptions } from "@/application/ports.ts";
import { BUSY, codeOf, statementsOf, type SyncStatements, withOutages } from "./connection.ts";

/** `durability`: `off` for what need not outlive a power cut at all. */
type WriterDeps = { connection: DatabaseSync; clock: Clock; patienceMs: number; durability: "full" | "off" };
/** `full` synchronises the log of the file with each commit, `normal` only before its pages are written back. */
type Synchronous = "full" | "normal" | "off";

const MAX_PAUSE_MS = 20;

/** Transactions on the one connection of a file that writes. */
export class Writer {
  readonly #connection: DatabaseSync;
  readonly #clock: Clock;
  readonly #patienceMs: number;
  readonly #statements: SyncStatements;
  // Prepared, as errors of `exec` come without SQLite's result code.
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

  /** Runs a transaction, rolled back when the work rejects. `rows`: how many it changed. */
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

  /** A file that fails in a transaction may refuse to roll it back as well; what the transaction failed of is told then. */
  #rollback(): void {
    try {
      if (this.#connection.isTransaction) this.#connection.exec("ROLLBACK");
    } catch {
      // It is tried again before the next transaction begins.
    }
  }

  /** Waits while another process holds the file, without blocking the event loop. Throws `Unavailable` when that takes too long. */
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

  /** Between transactions, as SQLite ignores it inside one. */
  #synchronise(synchronous: Synchronous): void {
    if (synchronous === this.#synchronous) return;
    withOutages(() => this.#connection.exec(`PRAGMA synchronous = ${synchronous}`));
    this.#synchronous = synchronous;
  }

  #rowsWritten(): number {
    return Number(this.#statements.get("SELECT total_changes() AS n")!.n);
  }
}
