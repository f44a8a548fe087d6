import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from "node:sqlite";
import type { Row } from "@/adapters/sql/row.ts";
import { Unavailable } from "@/application/faults.ts";

/**
 * Statements on one connection, the last ones of which stay prepared. They answer at once, as the log needs it. Outages (a full disk, a lock
 * held too long) throw `Unavailable`.
 */
export interface SyncStatements {
  all(sql: string, ...values: SQLInputValue[]): Row[];
  get(sql: string, ...values: SQLInputValue[]): Row | undefined;
  /** The number of rows changed. */
  run(sql: string, ...values: SQLInputValue[]): number;
  /** Runs a statement for each of the rows of values. How many rows each has changed. */
  runEach(sql: string, rows: SQLInputValue[][]): number[];
  /** Inserts rows by `INSERT INTO table (columns) VALUES ?`. The number of rows changed. */
  runRows(sql: string, rows: SQLInputValue[][]): number;
}

/** Rows of one INSERT: a call costs as much as half a row, and there are two texts to prepare for each INSERT, not one a length. */
const ROWS_AT_ONCE = 16;
/**
 * Prepared statements that a connection keeps, about 30 kB each for a search. A search's text depends on what was typed, so that
 * without a bound clients could fill the memory.
 */
const MAX_PREPARED = 500;

/** A statement and the names of its columns, which are known once it is read from. */
type Prepared = { statement: ArrayStatement; names: string[] };
/** The types of Deno leave this out. */
type ArrayStatement = StatementSync & { setReturnArrays(enabled: boolean): void };

export const BUSY = 5;
/**
 * SQLite's codes that speak of the file or the machine, not of the statement: no permission, busy, locked, no memory, read
 * only, I/O error, corrupt, full, cannot open, locking protocol, not a database.
 */
const OUTAGES = new Set([3, BUSY, 6, 7, 8, 10, 11, 13, 14, 15, 26]);

/** The primary result code of an SQLite error. */
export const codeOf = (error: unknown): number | undefined =>
  error instanceof Error && "errcode" in error && typeof error.errcode === "number" ? error.errcode & 0xff : undefined;

/** Statements over an open connection. */
export function statementsOf(connection: DatabaseSync): SyncStatements {
  const prepared = new Map<string, Prepared>();
  const many = new Map<string, Prepared>();
  const prepare = (sql: string, rows = 1): Prepared => {
    const among = rows === 1 ? prepared : many;
    const known = among.get(sql);
    if (known !== undefined) return known;
    const made = { statement: connection.prepare(textOf(sql, rows)) as ArrayStatement, names: [] };
    made.statement.setReturnArrays(true);
    if (among.size >= MAX_PREPARED) among.delete(among.keys().next().value!);
    among.set(sql, made);
    return made;
  };
  return {
    all: (sql, ...values) =>
      withOutages(() => {
        const made = prepare(sql);
        const rows: unknown[] = made.statement.all(...values);
        return rows.map((row) => rowOf(made, row as SQLOutputValue[]));
      }),
    get: (sql, ...values) =>
      withOutages(() => {
        const made = prepare(sql);
        const row: unknown = made.statement.get(...values);
        return row === undefined ? undefined : rowOf(made, row as SQLOutputValue[]);
      }),
    run: (sql, ...values) => withOutages(() => Number(prepare(sql).statement.run(...values).changes)),
    runEach: (sql, rows) =>
      withOutages(() => {
        if (rows.length === 0) return [];
        const { statement } = prepare(sql);
        return rows.map((row) => Number(statement.run(...row).changes));
      }),
    runRows: (sql, rows) =>
      withOutages(() => {
        let changed = 0;
        let at = 0;
        if (rows.length >= ROWS_AT_ONCE) {
          const { statement } = prepare(sql, ROWS_AT_ONCE);
          for (; at + ROWS_AT_ONCE <= rows.length; at += ROWS_AT_ONCE) {
            changed += Number(statement.run(...rows.slice(at, at + ROWS_AT_ONCE).flat()).changes);
          }
        }
        if (at < rows.length) {
          const { statement } = prepare(sql);
          for (; at < rows.length; at++) changed += Number(statement.run(...rows[at]!).changes);
        }
        return changed;
      }),
  };
}

/** A row by its columns' names. The driver's own objects take half as long again. */
function rowOf(made: Prepared, values: SQLOutputValue[]): Row {
  // The table of a `SELECT *` may have got a column since.
  if (made.names.length !== values.length) made.names = made.statement.columns().map(({ name }) => name);
  const row: Row = {};
  for (let at = 0; at < values.length; at++) row[made.names[at]!] = values[at]!;
  return row;
}

/** A statement's text as SQLite reads it: `IN (?)` takes a list as one value, `VALUES ?` stands for so many rows. */
const textOf = (sql: string, rows: number): string =>
  sql.replaceAll("IN (?)", "IN (SELECT value FROM json_each(?))").replace(
    /\(([^()]*)\) VALUES \?/,
    (_, columns: string) => {
      const row = `(${columns.split(",").map(() => "?").join(", ")})`;
      return `(${columns}) VALUES ${Array(rows).fill(row).join(", ")}`;
    },
  );

/** Runs a statement and tells an outage from a fault of the statement. */
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
