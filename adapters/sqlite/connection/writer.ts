import type { DatabaseSync, StatementSync } from "node:sqlite";
import { elapsedMs } from "@/application/elapsed.ts";
import type { Clock, CommitOptions } from "@/application/ports.ts";
import { BUSY, codeOf, statementsOf, type SyncStatements, withOutages } from "./connection.ts";

/** `durability`: `off` for what need not outlive a power cut at all. */
type WriterDeps = { connection: DatabaseSync; clock: Clock; patienceMs: number; durability: "full" | "off" };
/** `full` synchronises the log of the file with each commit, `normal` only before its pages are written back. */
type Synchronous = "full" | "normal" | "off";

const MAX_PAUSE_MS = 20;
/** Pages in the log of the file after which they are written back to it: SQLite's default, which keeps a commit short. */
const MAX_LOG_PAGES = 1_000;
/** The same among bulk transactions. Each changes hundreds of pages of the indexes, most of them again in the next one. */
const MAX_BULK_LOG_PAGES = 16_000;

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
  #maxLogPages = MAX_LOG_PAGES;

  constructor({ connection, clock, patienceMs, durability }: WriterDeps) {
    this.#durability = this.#synchronous = durability;
    this.#connection = connection;
    this.#clock = clock;
    this.#patienceMs = patienceMs;
    this.#statements = statementsOf(connection);
    this.#begin = connection.prepare("BEGIN IMMEDIATE");
    this.#commit = connection.prepare("COMMIT");
  }

  /** Runs a transaction, rolled back when the work rejects. Says whether it changed any row. */
  async run<Value>(
    work: (statements: SyncStatements) => Promise<Value>,
    { repeats = false, bulk = false }: CommitOptions = {},
  ): Promise<{ value: Value; wrote: boolean }> {
    this.#limitLog(bulk ? MAX_BULK_LOG_PAGES : MAX_LOG_PAGES);
    await this.#beginWhenFree(this.#durability === "full" && repeats ? "normal" : this.#durability);
    try {
      const before = this.#rowsWritten();
      const value = await work(this.#statements);
      const wrote = this.#rowsWritten() !== before;
      withOutages(() => this.#commit.run());
      return { value, wrote };
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

  #limitLog(pages: number): void {
    if (pages === this.#maxLogPages) return;
    withOutages(() => this.#connection.exec(`PRAGMA wal_autocheckpoint = ${pages}`));
    this.#maxLogPages = pages;
  }

  #rowsWritten(): number {
    return Number(this.#statements.get("SELECT total_changes() AS n")!.n);
  }
}
