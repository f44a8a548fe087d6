import type { PoolConnection } from "mysql2";
import type { Row } from "@/adapters/sql/row.ts";
import { faultOf } from "./faults.ts";

/** How long the server may take for a statement, in milliseconds. */
const PATIENCE = 20_000;

/** A value in a statement: arrays become lists (`IN (?)`) and lists of lists rows (`VALUES ?`). */
export type Value = string | number | null | Uint8Array | Value[];

/** Statements over a connection. An outage rejects with `Unavailable`. */
export interface Statements {
  all(sql: string, ...values: Value[]): Promise<Row[]>;
  get(sql: string, ...values: Value[]): Promise<Row | undefined>;
  /** The number of rows changed. */
  run(sql: string, ...values: Value[]): Promise<number>;
}

/** Statements, each over what `connect` gives for it. */
export function statementsOf(
  query: (sql: string, values: Value[]) => Promise<unknown>,
): Statements {
  const tried = async (sql: string, values: Value[]): Promise<unknown> => {
    try {
      return await query(sql, values.map(bytesOf));
    } catch (error) {
      throw faultOf(error);
    }
  };
  const all = async (sql: string, values: Value[]) => await tried(sql, values) as Row[];
  return {
    all: (sql, ...values) => all(sql, values),
    get: async (sql, ...values) => (await all(sql, values))[0],
    run: async (sql, ...values) => (await tried(sql, values) as { affectedRows: number }).affectedRows,
  };
}

/** Sends one statement. A server that does not answer in time counts as gone; the connection is then of no more use. */
export const send = async (connection: PoolConnection, sql: string, values: Value[]): Promise<unknown> =>
  (await connection.query({ sql, values, timeout: PATIENCE }))[0];

/** Bytes as the client escapes them: a view that is no `Buffer` would be written as an object. */
function bytesOf(value: Value): Value {
  if (Array.isArray(value)) return value.map(bytesOf);
  return value instanceof Uint8Array && !(value instanceof Buffer)
    ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    : value;
}

/** Rows of one statement: large enough to be cheap, far below what a server takes in a packet. */
const ROWS = 1_000;
/** Values of one list: above a thousand MariaDB makes a join of it. */
const VALUES = 500;

/** Writes rows with as few statements as can be: `sql` ends in `VALUES ?` or has it inside. Says how many changed. */
export async function runRows({ run }: Statements, sql: string, rows: Value[][]): Promise<number> {
  let changed = 0;
  for (let at = 0; at < rows.length; at += ROWS) changed += await run(sql, rows.slice(at, at + ROWS));
  return changed;
}

/**
 * Deletes the rows whose numbers are in a list: `sql` ends in `IN (?)` for the indexed `column`. The order and the limit have the
 * server go from number to number; otherwise it reads the whole table where that seems shorter, and waits there for rows that
 * others are writing.
 */
export async function deleteIn(
  { run }: Pick<Statements, "run">,
  sql: string,
  column: string,
  values: Value[],
  list: number[],
): Promise<void> {
  const sorted = list.toSorted((a, b) => a - b);
  for (let at = 0; at < sorted.length; at += VALUES) {
    const some = sorted.slice(at, at + VALUES);
    await run(`${sql} ORDER BY ${column} LIMIT ?`, ...values, some, some.length);
  }
}

/** Rows of one deletion: each is named by all of its key. */
const NAMED = 100;

/**
 * Deletes rows by the columns of their primary key, as `deleteIn` does: MariaDB makes no use of an index for a list of tuples.
 * `and`: what must hold besides.
 */
export async function deleteRows(
  { run }: Pick<Statements, "run">,
  table: string,
  key: string[],
  rows: Value[][],
  and = "",
): Promise<void> {
  const one = `(${key.map((name) => `${name} = ?`).join(" AND ")})`;
  for (let at = 0; at < rows.length; at += NAMED) {
    const some = rows.slice(at, at + NAMED);
    const where = `(${some.map(() => one).join(" OR ")}) ${and}`;
    await run(`DELETE FROM ${table} WHERE ${where} ORDER BY ${key.join(", ")} LIMIT ?`, ...some.flat(), some.length);
  }
}

/** Reads what is in a list: `sql` has `IN (?)` behind its other values. Nothing is asked for an empty list. */
export async function allOf(
  { all }: Pick<Statements, "all">,
  sql: string,
  values: Value[],
  list: Value[],
): Promise<Row[]> {
  const rows: Row[] = [];
  for (let at = 0; at < list.length; at += VALUES) rows.push(...await all(sql, ...values, list.slice(at, at + VALUES)));
  return rows;
}
