import type { PoolConnection } from "mysql2";
import { piecesOf } from "@/application/pieces.ts";
import type { Row } from "@/adapters/sql/row.ts";
import type { Statements, Value } from "@/adapters/sql/statements.ts";
import { MYSQL } from "./dialect.ts";
import { faultOf } from "./faults.ts";

/** The timeout of a statement. */
const PATIENCE_MS = 20_000;
/** The most rows of one INSERT, far below the limit of a packet. */
const MAX_ROWS = 1_000;

/** Creates statements that are sent by `query`. */
export function createStatements(query: (sql: string, values: Value[]) => Promise<unknown>): Statements {
  async function sendOne(sql: string, values: Value[]): Promise<unknown> {
    try {
      return await query(sql, values.some(hasBytes) ? values.map(bytesOf) : values);
    } catch (error) {
      throw faultOf(error);
    }
  }
  const all = async (sql: string, values: Value[] = []) => await sendOne(sql, values) as Row[];
  const run = async (sql: string, values: Value[] = []) =>
    (await sendOne(sql, values) as { affectedRows: number }).affectedRows;
  return {
    dialect: MYSQL,
    all,
    get: async (sql, values) => (await all(sql, values))[0],
    run,
    // One statement for all rows saves round trips.
    allEach: async (sql, rows) =>
      rows.length === 0 ? [] : await all(rows.map(() => `(${sql})`).join(" UNION ALL "), rows.flat()),
    async runRows(sql, rows) {
      let changed = 0;
      for (const some of piecesOf(rows, MAX_ROWS)) changed += await run(sql, [some]);
      return changed;
    },
    async runEach(sql, rows) {
      const changed: number[] = [];
      for (const row of rows) changed.push(await run(sql, row));
      return changed;
    },
  };
}

/** Sends one statement. After a timeout the connection must not be used again. */
export const send = async (connection: PoolConnection, sql: string, values: Value[]): Promise<unknown> =>
  (await connection.query({ sql, values, timeout: PATIENCE_MS }))[0];

/** Returns bytes as a `Buffer`, as mysql2 writes any other view as an object. Does not copy lists without bytes. */
function bytesOf(value: Value): Value {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.some(hasBytes) ? value.map(bytesOf) : value;
  return value instanceof Uint8Array && !(value instanceof Buffer)
    ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    : value;
}

function hasBytes(value: Value): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Array.isArray(value) ? value.some(hasBytes) : value instanceof Uint8Array && !(value instanceof Buffer);
}
