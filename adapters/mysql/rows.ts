import { runRows, type Statements, type Value } from "./connection.ts";

/** Rows in the order of their first `columns` values, so that all transactions lock rows in one order. */
export const inOrder = (rows: Value[][], columns: number): Value[][] =>
  rows.sort((a, b) => {
    for (let at = 0; at < columns; at++) {
      if (a[at] !== b[at]) return a[at]! < b[at]! ? -1 : 1;
    }
    return 0;
  });

/**
 * Writes rows of which the newest counts: a row that is there is replaced where `newer` holds between the columns as given
 * (`VALUES(…)`) and as stored. `key` columns come first. Says how many changed: 1 for each new row, 2 for each replaced one.
 */
export async function putNewer(
  statements: Statements,
  table: string,
  columns: { key: string[]; rest: string[]; order: string },
  newer: string,
  rows: Value[][],
): Promise<number> {
  const { key, rest, order } = columns;
  // Assigned from left to right, so that the column that decides comes last.
  const set = [...rest.filter((name) => name !== order), order].map((name) =>
    `${name} = IF(${newer}, VALUES(${name}), ${name})`
  );
  return await runRows(
    statements,
    `INSERT INTO ${table} (${[...key, ...rest].join(", ")}) VALUES ? ON DUPLICATE KEY UPDATE ${set.join(", ")}`,
    inOrder(rows, key.length),
  );
}
