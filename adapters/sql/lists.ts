import { piecesOf } from "@/application/pieces.ts";
import type { Dialect } from "./dialect.ts";
import type { Row } from "./row.ts";
import type { Statements, Value } from "./statements.ts";

/** Values of one list: MariaDB turns a list of a thousand or more into a join. */
const MAX_LIST = 500;
/** The same where a statement keeps the process from other work. */
const MAX_LOCAL_LIST = 250;

/** A list in pieces, each for one statement of the dialect. */
export const listPieces = <Item>(list: Item[], { isLocal }: Pick<Dialect, "isLocal">): Generator<Item[]> =>
  piecesOf(list, isLocal ? MAX_LOCAL_LIST : MAX_LIST);

/**
 * Reads what is in a list: `sql` has `IN (?)` behind its other values. Nothing is asked for an empty list. A list of one is
 * compared by `=`, as SQLite takes four times as long to read it as a list.
 */
export async function allOf({ all, dialect }: Statements, sql: string, values: Value[], list: Value[]): Promise<Row[]> {
  if (list.length === 1) return await all(sql.replace("IN (?)", "= ?"), [...values, list[0]!]);
  const rows: Row[] = [];
  for (const some of listPieces(list, dialect)) rows.push(...await all(sql, [...values, some]));
  return rows;
}

/** Rows of one statement that names each by all columns of its key. */
const MAX_NAMED_ROWS = 100;

/**
 * A condition that names so many rows by all columns of a key; `and` is a further condition of each. MariaDB uses no index for a
 * list of tuples.
 */
export const namedRows = (key: string[], rows: number, and = ""): string =>
  Array(rows).fill(`(${key.map((name) => `${name} = ?`).join(" AND ")} ${and})`).join(" OR ");

/** Rows in pieces of a size for `namedRows`. */
export const namedPieces = (rows: Value[][]): Generator<Value[][]> => piecesOf(rows, MAX_NAMED_ROWS);

/** Reads rows by all columns of their key. */
export async function allByKey({ all }: Statements, table: string, key: string[], keys: Value[][]): Promise<Row[]> {
  const rows: Row[] = [];
  for (const some of namedPieces(keys)) {
    rows.push(...await all(`SELECT * FROM ${table} WHERE ${namedRows(key, some.length)}`, some.flat()));
  }
  return rows;
}

/** Rows sorted by their first `columns` values, so that all transactions lock rows in one order. */
export const inOrder = (rows: Value[][], columns: number): Value[][] =>
  rows.sort((a, b) => {
    for (let at = 0; at < columns; at++) {
      if (a[at] !== b[at]) return a[at]! < b[at]! ? -1 : 1;
    }
    return 0;
  });
