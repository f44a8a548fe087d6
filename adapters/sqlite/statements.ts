import type { SQLInputValue } from "node:sqlite";
import type { Row } from "@/adapters/sql/row.ts";
import type { Statements, Value } from "@/adapters/sql/statements.ts";
import type { SyncStatements } from "./connection.ts";
import { SQLITE } from "./dialect.ts";

/**
 * Statements as the SQL stores run them. A statement runs when it is called and only its answer comes later, so that none slips
 * into another transaction. `check` throws when nothing may run any more.
 */
export function createStatements(sync: SyncStatements, check: () => void): Statements {
  const answer = <Answer>(statement: () => Answer): Promise<Answer> =>
    Promise.try(() => {
      check();
      return statement();
    });
  const runEach = (sql: string, rows: Value[][]): number[] => {
    const text = textOf(sql);
    return rows.map((row) => sync.run(text, ...row.map(bound)));
  };
  return {
    dialect: SQLITE,
    all: (sql, values = []) => answer((): Row[] => sync.all(textOf(sql), ...values.map(bound))),
    get: (sql, values = []) => answer(() => sync.get(textOf(sql), ...values.map(bound))),
    run: (sql, values = []) => answer(() => sync.run(textOf(sql), ...values.map(bound))),
    allEach: (sql, rows) => answer(() => rows.flatMap((row) => sync.all(textOf(sql), ...row.map(bound)))),
    // A statement of many rows would be no faster, and would have to be prepared for each number of rows.
    runRows: (sql, rows) => answer(() => runEach(sql, rows).reduce((sum, changed) => sum + changed, 0)),
    runEach: (sql, rows) => answer(() => runEach(sql, rows)),
  };
}

/** A list is bound as one JSON value, so that one prepared statement serves lists of any length. */
const bound = (value: Value): SQLInputValue =>
  typeof value === "object" && value !== null && !(value instanceof Uint8Array) ? JSON.stringify(value) : value;

const texts = new Map<string, string>();

/** A statement's text for SQLite: `IN (?)` takes a list, `VALUES ?` a row. */
function textOf(sql: string): string {
  const known = texts.get(sql);
  if (known !== undefined) return known;
  const text = sql.replaceAll("IN (?)", "IN (SELECT value FROM json_each(?))").replace(
    /\(([^()]*)\) VALUES \?/,
    (_, columns: string) => `(${columns}) VALUES (${columns.split(",").map(() => "?").join(", ")})`,
  );
  texts.set(sql, text);
  return text;
}
