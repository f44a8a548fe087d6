import type { SQLInputValue } from "node:sqlite";
import type { Row } from "@/adapters/sql/row.ts";
import type { Statements, Value } from "@/adapters/sql/statements.ts";
import type { SyncStatements } from "./connection.ts";
import { SQLITE } from "@/adapters/sqlite/dialect.ts";

/**
 * Statements as the SQL stores run them. Without `turns` a statement runs when it is called and only its answer comes later, so that
 * none slips into another transaction. `check` throws when nothing may run any more. `turns`: what a statement and its answer wait
 * for, if anything.
 */
export function createStatements(
  sync: SyncStatements,
  check: () => void,
  turns: () => Promise<void> | undefined = () => undefined,
): Statements {
  async function answer<Answer>(statement: () => Answer): Promise<Answer> {
    // Awaited only where there is something to wait for, as each await lets other work slip in.
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

/** A list is bound as one JSON value, so that one prepared statement serves lists of any length. */
const bound = (value: Value): SQLInputValue =>
  typeof value === "object" && value !== null && !(value instanceof Uint8Array) ? JSON.stringify(value) : value;

const boundRow = (row: Value[]): SQLInputValue[] => {
  const values: SQLInputValue[] = [];
  for (const value of row) values.push(bound(value));
  return values;
};
