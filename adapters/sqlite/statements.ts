import type { SQLInputValue } from "node:sqlite";
import type { Row } from "@/adapters/sql/row.ts";
import type { Statements, Value } from "@/adapters/sql/statements.ts";
import type { SyncStatements } from "./connection.ts";
import { SQLITE } from "./dialect.ts";

/**
 * Statements as the SQL stores run them. A statement runs when it is called and only its answer comes later, so that none slips
 * into another transaction. `check` throws when nothing may run any more. `turns`: what an answer waits for, if anything.
 */
export function createStatements(
  sync: SyncStatements,
  check: () => void,
  turns: () => Promise<void> | undefined = () => undefined,
): Statements {
  const answer = <Answer>(statement: () => Answer): Promise<Answer> =>
    Promise.try(() => {
      check();
      const given = statement();
      const turn = turns();
      return turn === undefined ? given : turn.then(() => given);
    });
  return {
    dialect: SQLITE,
    all: (sql, values = []) => answer((): Row[] => sync.all(sql, ...values.map(bound))),
    get: (sql, values = []) => answer(() => sync.get(sql, ...values.map(bound))),
    run: (sql, values = []) => answer(() => sync.run(sql, ...values.map(bound))),
    allEach: (sql, rows) => answer(() => rows.flatMap((row) => sync.all(sql, ...row.map(bound)))),
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
