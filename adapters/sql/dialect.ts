import type { Condition, Runner, Value } from "./runner.ts";

/** Rows of which the newest counts. `key` columns come first, `rest` ends in the column that decides. */
type NewerRows = {
  table: string;
  key: string[];
  rest: string[];
  /** The condition that a given row is newer than the stored one. */
  newer: string;
  rows: Value[][];
};

/** Rows to insert unless one of their key is there. Values of the columns of `key` come first, then those of `rest`. */
type NewRows = {
  table: string;
  key: string[];
  rest: string[];
  /** The column of the time at which a row was stored, which a server's default fills at less cost. */
  stamped: string;
  rows: Value[][];
  /** Reads the stored rows that may have the same keys, for a server that does not say which rows it has inserted. */
  stored(): Promise<Value[][]>;
};

/** Rows of a table that fulfil `where`, by the columns of its primary key. */
type SomeRows = { table: string; key: string[]; where: string; order?: string };

/** Where databases differ in SQL, or are fast by different statements. */
export interface Dialect {
  /** Whether a statement costs no round trip, so that one for each row is as cheap as one for all. */
  readonly isLocal: boolean;
  /** Stands between the rows to insert and the update of those already stored: `column = value, …`. */
  readonly onConflict: string;
  /** A column of the row to insert, for use after `onConflict`. */
  given(column: string): string;
  /** Ends an INSERT that leaves stored rows as they are. `column` is any column of the table. */
  ignore(column: string): string;
  /** Ends a SELECT whose rows no other transaction may change or lock until this one ends. */
  readonly forUpdate: string;
  /** Ends a SELECT whose rows no other transaction may change until this one ends. */
  readonly forShare: string;
  /** Stands after a table's name and makes the server read by this index. */
  byIndex(name: string): string;
  /**
   * Whether `test` holds for a value of the list. `test` gets what stands behind a column: `= ?`, or `IN (?)` where that is as fast.
   */
  anyOf(list: Value[], test: (compared: string) => string): Condition;
  /** Whether rows are seen in the order of the numbers that the table gives them, so that none comes behind a later one. */
  readonly numbersInOrder: boolean;
  /** Milliseconds since 1970 by the store's clock. */
  readonly now: string;
  /** `now` as a value of a row, for a column that has it as its default. */
  stamp(): Value;
  /** A statement that deletes some of the rows; its last value is how many at most. */
  deleteSome(rows: SomeRows): string;
  /** Deletes the rows whose numbers are in the list. `sql` ends in `IN (?)` for the indexed `column`. */
  deleteIn(statements: Runner, sql: string, column: string, values: Value[], list: number[]): Promise<void>;
  /**
   * Deletes rows by the columns of their primary key. `and`: a further condition, whose values come last in each row. Returns how
   * many rows there were.
   */
  deleteRows(statements: Runner, table: string, key: string[], rows: Value[][], and?: string): Promise<number>;
  /** Inserts the rows whose key is not stored, each key once. Says of each row whether it was new. */
  insertNew(statements: Runner, rows: NewRows): Promise<boolean[]>;
  /** How many whole times a number goes into another. Neither is below 0. */
  quotient(number: string, by: number | string): string;
  /** A column's numbers in a group of rows as a JSON array; those of several columns are in one order. */
  gather(column: string): string;
  /** For use after `onConflict`: the new value of a column that holds the log2 of a sum, with the given one added to the sum. */
  addLog2(column: string): string;
  /** Writes the rows that are newer than the stored ones. Returns the rows that may have changed something. */
  putNewer(statements: Runner, rows: NewerRows): Promise<Value[][]>;
  /**
   * Locks the keys until the transaction ends, so that only one transaction at a time reads and writes what belongs to a key,
   * also where no row of it is stored yet. Transactions that share the lock exclude only those that do not.
   */
  lockKeys(statements: Runner, keys: string[], how?: { shared: boolean }): Promise<void>;
}

/** The end of an INSERT that replaces these columns of a stored row. */
export const replaceBy = ({ onConflict, given }: Dialect, columns: string[]): string =>
  `${onConflict} ${columns.map((name) => `${name} = ${given(name)}`).join(", ")}`;
