import type { Row } from "./row.ts";

/** Raw SQL in place of a value. */
type Raw = { toSqlString(): string };

/** A parameter of a statement. `IN (?)` takes a list. */
export type Value = string | number | null | Uint8Array | Raw | Value[];

/** A condition with its parameters. */
export type Condition = { sql: string; values: Value[] };

/** Runs statements on one connection. They reject and never throw. An outage rejects with `Unavailable`. */
export interface Runner {
  all(sql: string, values?: Value[]): Promise<Row[]>;
  get(sql: string, values?: Value[]): Promise<Row | undefined>;
  /** Returns the number of rows changed. */
  run(sql: string, values?: Value[]): Promise<number>;
  /** Runs a SELECT for each row of values. Returns the rows of all of them. */
  allEach(sql: string, rows: Value[][]): Promise<Row[]>;
  /** Inserts rows by `INSERT INTO table (columns) VALUES ?`. Returns the number of rows changed. */
  runRows(sql: string, rows: Value[][]): Promise<number>;
  /** Runs a statement for each row of values in turn. Returns how many rows each run changed. */
  runEach(sql: string, rows: Value[][]): Promise<number[]>;
}
