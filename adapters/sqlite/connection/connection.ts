import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from "node:sqlite";
import type { Row } from "@/adapters/sql/row.ts";
import { Unavailable } from "@/application/faults.ts";

/**
 * Synchronous statements on one connection. The latest ones stay prepared. Outages (a full disk, a lock held too long) throw
 * `Unavailable`.
 */
export interface SyncStatements {
  all(sql: string, ...values: SQLInputValue[]): Row[];
  get(sql: string, ...values: SQLInputValue[]): Row | undefined;
  /** Returns the number of rows changed. */
  run(sql: string, ...values: SQLInputValue[]): number;
  /** Runs a statement once for each row of values. Returns how many rows each run changed. */
  runEach(sql: string, rows: SQLInputValue[][]): number[];
  /** Inserts rows by `INSERT INTO table (columns) VALUES ?`. Returns the number of rows changed. */
  runRows(sql: string, rows: SQLInputValue[][]): number;
}

/** An INSERT takes 16 rows, or one for the rest. So each needs only two prepared statements, and few calls (one costs half a row). */
const ROWS_AT_ONCE = 16;
/**
 * The most prepared statements of a connection. One of a search takes about 30 kB. The SQL of a search depends on the query, so
 * clients could fill the memory without a limit.
 */
const MAX_PREPARED = 500;

/** A prepared statement and its column names, which are read with its first row. */
type Prepared = { statement: ArrayStatement; names: string[] };
/** Deno's types lack this method. */
type ArrayStatement = StatementSync & { setReturnArrays(enabled: boolean): void };

export const BUSY = 5;
/**
 * SQLite's result codes for faults of the file or the machine: no permission, busy, locked, no memory, read only, I/O error,
 * corrupt, full, cannot open, locking protocol, not a database.
 */
const OUTAGES = new Set([3, BUSY, 6, 7, 8, 10, 11, 13, 14, 15, 26]);

/** Returns the primary result code of an SQLite error. */
export const codeOf = (error: unknown): number | undefined =>
  error instanceof Error && "errcode" in error && typeof error.errcode === "number" ? error.errcode & 0xff : undefined;

/** Creates statements on an open connection. */
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

/** Builds a row object by column name. The driver's own objects take 1.5 times as long. */
function rowOf(made: Prepared, values: SQLOutputValue[]): Row {
  // A migration may have added a column to the table of a `SELECT *`.
  if (made.names.length !== values.length) made.names = made.statement.columns().map(({ name }) => name);
  const row: Row = {};
  for (let at = 0; at < values.length; at++) row[made.names[at]!] = values[at]!;
  return row;
}

/** Returns SQLite's text of a statement: `IN (?)` takes a list as one JSON value, and `VALUES ?` becomes `rows` rows. */
const textOf = (sql: string, rows: number): string =>
  sql.replaceAll("IN (?)", "IN (SELECT value FROM json_each(?))").replace(
    /\(([^()]*)\) VALUES \?/,
    (_, columns: string) => {
      const row = `(${columns.split(",").map(() => "?").join(", ")})`;
      return `(${columns}) VALUES ${Array(rows).fill(row).join(", ")}`;
    },
  );

/** Runs a statement. Throws `Unavailable` for an outage, and any other error unchanged. */
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
