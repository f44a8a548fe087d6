import type { Row } from "./row.ts";

/** A piece of SQL where a value would stand. */
type Raw = { toSqlString(): string };

/** A value in a statement. A list stands behind `IN (?)`. */
export type Value = string | number | null | Uint8Array | Raw | Value[];

/** Runs statements on one connection. An outage rejects with `Unavailable`; nothing throws. */
export interface Runner {
  all(sql: string, values?: Value[]): Promise<Row[]>;
  get(sql: string, values?: Value[]): Promise<Row | undefined>;
  /** The number of rows changed. */
  run(sql: string, values?: Value[]): Promise<number>;
  /** Runs a SELECT for each of the rows of values. All that they give, in one answer. */
  allEach(sql: string, rows: Value[][]): Promise<Row[]>;
  /** Inserts rows: `sql` says `INSERT INTO table (columns) VALUES ?`. The number of rows changed. */
  runRows(sql: string, rows: Value[][]): Promise<number>;
  /** Runs a statement for each of the rows, one after the other. How many rows each has changed. */
  runEach(sql: string, rows: Value[][]): Promise<number[]>;
}
