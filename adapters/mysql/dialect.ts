import type { Dialect } from "@/adapters/sql/dialect.ts";
import type { Value } from "@/adapters/sql/statements.ts";
import { inOrder, namedPieces, namedRows, piecesOf } from "@/adapters/sql/lists.ts";
import { lockKeys } from "./key_locks.ts";
import { NOW } from "./messaging_schema.ts";

/** What MySQL and MariaDB say in their own way. */
export const MYSQL: Dialect = {
  onConflict: "ON DUPLICATE KEY UPDATE",
  given: (column) => `VALUES(${column})`,
  // `INSERT IGNORE` would also take a value that does not fit.
  ignore: (column) => `ON DUPLICATE KEY UPDATE ${column} = ${column}`,
  forUpdate: "FOR UPDATE",
  forShare: "LOCK IN SHARE MODE",
  byIndex: (name) => `FORCE INDEX (${name})`,
  now: NOW,
  stamp: () => ({ toSqlString: () => "DEFAULT" }),
  deleteSome({ table, where, order }) {
    return `DELETE FROM ${table} WHERE ${where}${order === undefined ? "" : ` ORDER BY ${order}`} LIMIT ?`;
  },
  // The order and the limit have the server go from number to number; otherwise it reads the whole table where that seems
  // shorter, and waits there for rows that others are writing.
  async deleteIn({ run }, sql, column, values, list) {
    for (const some of piecesOf(list.toSorted((a, b) => a - b))) {
      await run(`${sql} ORDER BY ${column} LIMIT ?`, [...values, some, some.length]);
    }
  },
  async deleteRows({ run }, table, key, rows, and = "") {
    for (const some of namedPieces(rows)) {
      const where = namedRows(key, some.length, and);
      await run(`DELETE FROM ${table} WHERE ${where} ORDER BY ${key.join(", ")} LIMIT ?`, [
        ...some.flat(),
        some.length,
      ]);
    }
  },
  // Asking the server for one row at a time would cost a round trip each. A row that another transaction is adding is met as a
  // key that is there twice, and seen by the next attempt.
  async insertNew({ runRows }, { table, key, rest, rows, stored }) {
    const nameOf = (row: Value[]) => JSON.stringify(row.slice(0, key.length));
    const seen = new Set((await stored()).map(nameOf));
    const areNew = rows.map((row) => {
      const name = nameOf(row);
      const isNew = !seen.has(name);
      seen.add(name);
      return isNew;
    });
    const added = inOrder(rows.filter((_, at) => areNew[at]), key.length);
    await runRows(`INSERT INTO ${table} (${[...key, ...rest].join(", ")}) VALUES ?`, added);
    return areNew;
  },
  addLog2: (column) => {
    const given = `VALUES(${column})`;
    return `GREATEST(${column}, ${given}) + LOG2(1 + POW(2, -ABS(${column} - ${given})))`;
  },
  async putNewer({ runRows }, { table, key, rest, newer, rows }) {
    // Assigned from left to right, so that each column that decides is still the stored one where it does.
    const set = rest.map((name) => `${name} = IF(${newer}, VALUES(${name}), ${name})`);
    const sql = `INSERT INTO ${table} (${[...key, ...rest].join(", ")}) VALUES ? ON DUPLICATE KEY UPDATE ${
      set.join(", ")
    }`;
    // The server says how many rows changed, not which.
    return await runRows(sql, inOrder(rows, key.length)) === 0 ? [] : rows;
  },
  lockKeys,
};
