import type { Row } from "./row.ts";
import type { Statements, Value } from "./statements.ts";

/** Values of one list: above a thousand MariaDB makes a join of it. */
const VALUES = 500;

/** A list in pieces that one statement takes. */
export function* piecesOf<Item>(list: Item[], most = VALUES): Generator<Item[]> {
  for (let at = 0; at < list.length; at += most) yield list.slice(at, at + most);
}

/** Reads what is in a list: `sql` has `IN (?)` behind its other values. Nothing is asked for an empty list. */
export async function allOf({ all }: Statements, sql: string, values: Value[], list: Value[]): Promise<Row[]> {
  const rows: Row[] = [];
  for (const some of piecesOf(list)) rows.push(...await all(sql, [...values, some]));
  return rows;
}

/** Rows in the order of their first `columns` values, so that all transactions lock rows in one order. */
export const inOrder = (rows: Value[][], columns: number): Value[][] =>
  rows.sort((a, b) => {
    for (let at = 0; at < columns; at++) {
      if (a[at] !== b[at]) return a[at]! < b[at]! ? -1 : 1;
    }
    return 0;
  });
