import type { Condition, Runner, Value } from "./runner.ts";

/** Rows of which the newest wins. The columns of `key` come first; the last column of `rest` decides. */
type NewerRows = {
  table: string;
  key: string[];
  rest: string[];
  /** The condition that the row to insert is newer than the stored one. */
  newer: string;
  rows: Value[][];
};

/** Rows to insert unless their key exists. The values of `key` come first, then those of `rest`. */
type NewRows = {
  table: string;
  key: string[];
  rest: string[];
  /** The column of the time at which a row was stored. On a server its default fills it. */
  stamped: string;
  rows: Value[][];
  /** Reads the stored rows that may have the same keys, for a server that does not report which rows it has inserted. */
  stored(): Promise<Value[][]>;
};

/** The rows of a table that match `where`. `key`: the columns of its primary key. */
type SomeRows = { table: string; key: string[]; where: string; order?: string };

/** The differences between databases: in SQL, and in which statements are fast. */
export interface Dialect {
  /** Whether statements cost no round trip, so that one per row is as cheap as one for all rows. */
  readonly isLocal: boolean;
  /** The clause before the update of already stored rows, `column = value, …`, in an INSERT. */
  readonly onConflict: string;
  /** Returns a column's value in the row to insert, for use after `onConflict`. */
  given(column: string): string;
  /** Returns the end of an INSERT that leaves stored rows unchanged. `column` is any column of the table. */
  ignore(column: string): string;
  /** The end of a SELECT that locks its rows exclusively until the transaction ends. */
  readonly forUpdate: string;
  /** The end of a SELECT that locks its rows against changes by others until the transaction ends. */
  readonly forShare: string;
  /** Returns a hint after a table's name that makes the server use an index. */
  byIndex(name: string): string;
  /** Returns the condition that a column has one of the values. `test` gets the end of it: `= ?`, or `IN (?)` where that is fast. */
  anyOf(list: Value[], test: (compared: string) => string): Condition;
  /** Returns a SELECT of the first rows of several SELECTs in an order, each row once. An index gives each part in that order. */
  firstOf(parts: Condition[], order: string, most: number): Condition;
  /** Whether rows become visible in the order of their AUTOINCREMENT numbers. Servers may commit a lower number later. */
  readonly numbersInOrder: boolean;
  /** The store's time in milliseconds since 1970. */
  readonly now: string;
  /** Returns `now` as a value of a row, for a column with that default. */
  stamp(): Value;
  /** Returns a statement that deletes some of the rows. Its last parameter is how many at most. */
  deleteSome(rows: SomeRows): string;
  /** Deletes the rows whose numbers are in the list. `sql` ends in `IN (?)` for the indexed `column`. */
  deleteIn(statements: Runner, sql: string, column: string, values: Value[], list: number[]): Promise<void>;
  /**
   * Deletes rows by their primary key. `and`: a further condition, whose values come last in each row. Returns how many rows were
   * deleted.
   */
  deleteRows(statements: Runner, table: string, key: string[], rows: Value[][], and?: string): Promise<number>;
  /** Inserts the rows whose key is not stored, each key once. Returns for each row whether it was new. */
  insertNew(statements: Runner, rows: NewRows): Promise<boolean[]>;
  /** Returns the integer quotient of two numbers that are not negative. */
  quotient(number: string, by: number | string): string;
  /** Returns an aggregate of a column's numbers as a JSON array. Several columns are gathered in the same order. */
  gather(column: string): string;
  /** Returns the sum of two values stored as log2, the stored and the inserted one, as log2. For use after `onConflict`. */
  addLog2(column: string): string;
  /** Writes the rows that are newer than the stored ones. Returns the rows that may have been written. */
  putNewer(statements: Runner, rows: NewerRows): Promise<Value[][]>;
  /**
   * Locks keys until the transaction ends, even when they have no rows yet, so that only one transaction at a time works on a key.
   * Shared locks exclude only exclusive ones.
   */
  lockKeys(statements: Runner, keys: string[], how?: { shared: boolean }): Promise<void>;
}

/** Returns the end of an INSERT that replaces these columns of a stored row. */
export const replaceBy = ({ onConflict, given }: Dialect, columns: string[]): string =>
  `${onConflict} ${columns.map((name) => `${name} = ${given(name)}`).join(", ")}`;
