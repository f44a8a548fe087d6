import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import type { Row } from "@/adapters/sql/row.ts";
import { Unavailable } from "@/application/faults.ts";

/**
 * Statements on one connection, each prepared once. They answer at once, as the log needs it. Outages (a full disk, a lock
 * held too long) throw `Unavailable`.
 */
export interface SyncStatements {
  all(sql: string, ...values: SQLInputValue[]): Row[];
  get(sql: string, ...values: SQLInputValue[]): Row | undefined;
  /** The number of rows changed. */
  run(sql: string, ...values: SQLInputValue[]): number;
}

export const BUSY = 5;
/** SQLite's codes that speak of the file, not of the statement: busy, locked, read only, I/O error, full, cannot open. */
const OUTAGES = new Set([BUSY, 6, 8, 10, 13, 14]);

/** The primary result code of an SQLite error. */
export const codeOf = (error: unknown): number | undefined =>
  error instanceof Error && "errcode" in error && typeof error.errcode === "number" ? error.errcode & 0xff : undefined;

/** Statements over an open connection. */
export function statementsOf(connection: DatabaseSync): SyncStatements {
  const prepared = new Map<string, StatementSync>();
  const prepare = (sql: string): StatementSync => {
    const known = prepared.get(sql);
    if (known !== undefined) return known;
    const statement = connection.prepare(sql);
    prepared.set(sql, statement);
    return statement;
  };
  return {
    all: (sql, ...values) => withOutages(() => prepare(sql).all(...values) as Row[]),
    get: (sql, ...values) => withOutages(() => prepare(sql).get(...values) as Row | undefined),
    run: (sql, ...values) => withOutages(() => Number(prepare(sql).run(...values).changes)),
  };
}

/** Runs a statement; an outage is thrown as `Unavailable`, a fault of the statement as it is. */
export function withOutages<Value>(statement: () => Value): Value {
  try {
    return statement();
  } catch (error) {
    const code = codeOf(error);
    if (code !== undefined && OUTAGES.has(code)) {
      throw new Unavailable(`the store does not answer: ${(error as Error).message}`, { cause: error });
    }
    throw error;
  }
}
