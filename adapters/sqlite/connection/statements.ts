import type { SQLInputValue } from "node:sqlite";
import type { Row } from "@/adapters/sql/row.ts";
import type { Statements, Value } from "@/adapters/sql/statements.ts";
import type { SyncStatements } from "./connection.ts";
import { SQLITE } from "@/adapters/sqlite/dialect.ts";

/**
 * Creates the asynchronous statements of the SQL stores. `check` throws when no statement may run any more. `turns` returns what
 * to await before and after a statement. Without `turns` a statement runs when it is called, so none slips into another transaction.
 */
export function createStatements(
  sync: SyncStatements,
  check: () => void,
  turns: () => Promise<void> | undefined = () => undefined,
): Statements {
  async function answer<Answer>(statement: () => Answer): Promise<Answer> {
    // Awaits only when necessary, as each await lets other work run in between.
    const before = turns();
    if (before !== undefined) await before;
    check();
    const given = statement();
    const after = turns();
    if (after !== undefined) await after;
    return given;
  }
  return {
    dialect: SQLITE,
    all: (sql, values = []) => answer((): Row[] => sync.all(sql, ...values.map(bound))),
    get: (sql, values = []) => answer(() => sync.get(sql, ...values.map(bound))),
    run: (sql, values = []) => answer(() => sync.run(sql, ...values.map(bound))),
    async allEach(sql, rows) {
      const found: Row[][] = [];
      for (const row of rows) found.push(await answer(() => sync.all(sql, ...row.map(bound))));
      return found.flat();
    },
    runRows: (sql, rows) => answer(() => sync.runRows(sql, rows.map(boundRow))),
    runEach: (sql, rows) => answer(() => sync.runEach(sql, rows.map(boundRow))),
  };
}

/** Binds a list as one JSON value, so that one prepared statement serves lists of any length. */
const bound = (value: Value): SQLInputValue =>
  typeof value === "object" && value !== null && !(value instanceof Uint8Array) ? JSON.stringify(value) : value;

const boundRow = (row: Value[]): SQLInputValue[] => {
  const values: SQLInputValue[] = [];
  for (const value of row) values.push(bound(value));
  return values;
};
