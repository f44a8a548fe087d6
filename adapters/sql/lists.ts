import { piecesOf } from "@/application/pieces.ts";
import type { Dialect } from "./dialect.ts";
import type { Row } from "./row.ts";
import type { Statements, Value } from "./statements.ts";

/** The longest list of a statement. MariaDB turns a list of a thousand or more values into a join. */
const MAX_LIST = 500;
/** The longest list where a statement blocks the event loop. */
const MAX_LOCAL_LIST = 250;

/** Splits a list into pieces, each for one statement. */
export const listPieces = <Item>(list: Item[], { isLocal }: Pick<Dialect, "isLocal">): Generator<Item[]> =>
  piecesOf(list, isLocal ? MAX_LOCAL_LIST : MAX_LIST);

/**
 * Reads the rows of a list. `IN (?)` is the last parameter of `sql`. Sends nothing for an empty list. Compares a list of one by
 * `=`, as SQLite takes four times as long for a list.
 */
export async function allOf({ all, dialect }: Statements, sql: string, values: Value[], list: Value[]): Promise<Row[]> {
  if (list.length === 1) return await all(sql.replace("IN (?)", "= ?"), [...values, list[0]!]);
  const rows: Row[] = [];
  for (const some of listPieces(list, dialect)) rows.push(...await all(sql, [...values, some]));
  return rows;
}

/** The most rows of a statement that names each by all columns of its key. */
const MAX_NAMED_ROWS = 100;

/** Returns a condition that names rows by all columns of a key, and by `and`. MariaDB uses no index for a list of tuples. */
export const namedRows = (key: string[], rows: number, and = ""): string =>
  Array(rows).fill(`(${key.map((name) => `${name} = ?`).join(" AND ")} ${and})`).join(" OR ");

/** Splits rows into pieces for `namedRows`. */
export const namedPieces = (rows: Value[][]): Generator<Value[][]> => piecesOf(rows, MAX_NAMED_ROWS);

/** Reads rows by all columns of their key. */
export async function allByKey({ all }: Statements, table: string, key: string[], keys: Value[][]): Promise<Row[]> {
  const rows: Row[] = [];
  for (const some of namedPieces(keys)) {
    rows.push(...await all(`SELECT * FROM ${table} WHERE ${namedRows(key, some.length)}`, some.flat()));
  }
  return rows;
}

/** Sorts rows by their first `columns` values, so that all transactions lock rows in one order and do not deadlock. */
export const inOrder = (rows: Value[][], columns: number): Value[][] =>
  rows.sort((a, b) => {
    for (let at = 0; at < columns; at++) {
      if (a[at] !== b[at]) return a[at]! < b[at]! ? -1 : 1;
    }
    return 0;
  });
