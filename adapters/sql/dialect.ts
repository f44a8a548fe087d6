import type { Runner, Value } from "./runner.ts";

/** Rows of which the newest counts. `key` columns come first, `rest` ends in the column that decides. */
type NewerRows = {
  table: string;
  key: string[];
  rest: string[];
  /** Whether a row as given is newer than the one that is there. */
  newer: string;
  rows: Value[][];
};

/** Rows to insert unless one of their key is there. Values of the columns of `key` come first, then those of `rest`. */
type NewRows = {
  table: string;
  key: string[];
  rest: string[];
  /** The column of when a row was stored (ms), which a server's default fills at less cost. */
  stamped: string;
  rows: Value[][];
  /** Reads the rows that may be there, for a server that does not say which of many rows it has inserted. */
  stored(): Promise<Value[][]>;
};

/** Rows of a table that fulfil `where`, by the columns of its primary key. */
type SomeRows = { table: string; key: string[]; where: string; order?: string };

/** What SQL says in more than one way, and what one way of saying it would make slow. */
export interface Dialect {
  /** Stands between a row to insert and what becomes of the one that is there: `column = value, …`. */
  readonly onConflict: string;
  /** A column of the row to insert, behind `onConflict`. */
  given(column: string): string;
  /** Stands behind a row to insert, and leaves the one that is there as it is. `column` is any of its columns. */
  ignore(column: string): string;
  /** Ends a SELECT whose rows nobody else may change (or lock) until the transaction ends. */
  readonly forUpdate: string;
  /** Ends a SELECT whose rows nobody else may change until the transaction ends. */
  readonly forShare: string;
  /** The index to read by, behind a table's name, where a server would choose another. */
  byIndex(name: string): string;
  /** Milliseconds since 1970 by the store's clock. */
  readonly now: string;
  /** The same as a value of a row, for a column that has it as its default. */
  stamp(): Value;
  /** A statement that deletes some of the rows; its last value says how many at most. */
  deleteSome(rows: SomeRows): string;
  /** Deletes the rows whose numbers are in a list: `sql` ends in `IN (?)` for the indexed `column`. */
  deleteIn(statements: Runner, sql: string, column: string, values: Value[], list: number[]): Promise<void>;
  /** Deletes rows by the columns of their primary key. `and`: what must hold of each besides; its values come last in the row. */
  deleteRows(statements: Runner, table: string, key: string[], rows: Value[][], and?: string): Promise<void>;
  /** Inserts the rows that are not there, each key once. Says of each row whether it was new. */
  insertNew(statements: Runner, rows: NewRows): Promise<boolean[]>;
  /** What a column that holds the log2 of a sum becomes, behind `onConflict`, when what is given is added to that sum. */
  addLog2(column: string): string;
  /** Writes rows, or leaves those that are there and no older. Returns the rows that may have changed something. */
  putNewer(statements: Runner, rows: NewerRows): Promise<Value[][]>;
  /**
   * Holds the keys until the transaction ends: whoever reads and then writes what belongs to a key does so alone, also where
   * there is no row yet that could be locked.
   */
  lockKeys(statements: Runner, keys: string[]): Promise<void>;
}

/** What makes of the row that is there the one to insert, in these columns. */
export const replaceBy = ({ onConflict, given }: Dialect, columns: string[]): string =>
  `${onConflict} ${columns.map((name) => `${name} = ${given(name)}`).join(", ")}`;
