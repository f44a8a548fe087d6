import type { Dialect } from "@/adapters/sql/dialect.ts";
import type { Value } from "@/adapters/sql/statements.ts";
import { inOrder, listPieces, namedPieces, namedRows } from "@/adapters/sql/lists.ts";
import { lockKeys } from "./key_locks.ts";
import { NOW } from "./messaging_schema.ts";

/** The dialect of MySQL and MariaDB. */
export const MYSQL: Dialect = {
  isLocal: false,
  onConflict: "ON DUPLICATE KEY UPDATE",
  given: (column) => `VALUES(${column})`,
  // `INSERT IGNORE` would also truncate values that do not fit.
  ignore: (column) => `ON DUPLICATE KEY UPDATE ${column} = ${column}`,
  forUpdate: "FOR UPDATE",
  forShare: "LOCK IN SHARE MODE",
  byIndex: (name) => `FORCE INDEX (${name})`,
  // In a correlated subquery the server reads `IN (?)` by the first index column only, which is all books of a word.
  anyOf: (list, test) => ({ sql: `(${list.map(() => test("= ?")).join(" OR ")})`, values: list }),
  firstOf: (parts, order, most) => ({
    sql: `${parts.map(({ sql }) => `(${sql} ORDER BY ${order} LIMIT ?)`).join(" UNION ")} ORDER BY ${order} LIMIT ?`,
    values: [...parts.flatMap(({ values }) => [...values, most]), most],
  }),
  numbersInOrder: false,
  now: NOW,
  stamp: () => ({ toSqlString: () => "DEFAULT" }),
  deleteSome({ table, where, order }) {
    return `DELETE FROM ${table} WHERE ${where}${order === undefined ? "" : ` ORDER BY ${order}`} LIMIT ?`;
  },
  // ORDER BY and LIMIT make the server use the index. Otherwise it may scan the whole table and wait for rows that other
  // transactions have locked.
  async deleteIn({ run }, sql, column, values, list) {
    for (const some of listPieces(list.toSorted((a, b) => a - b), { isLocal: false })) {
      await run(`${sql} ORDER BY ${column} LIMIT ?`, [...values, some, some.length]);
    }
  },
  async deleteRows({ run }, table, key, rows, and = "") {
    let deleted = 0;
    for (const some of namedPieces(rows)) {
      const where = namedRows(key, some.length, and);
      deleted += await run(`DELETE FROM ${table} WHERE ${where} ORDER BY ${key.join(", ")} LIMIT ?`, [
        ...some.flat(),
        some.length,
      ]);
    }
    return deleted;
  },
  // The stored rows are read first, as an INSERT per row would cost a round trip each. When another transaction adds one of the
  // rows meanwhile, the INSERT fails with a duplicate key and the transaction is retried.
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
  quotient: (number, by) => `${number} DIV ${by}`,
  // JSON_ARRAYAGG takes a third more of the server's time.
  gather: (column) => `CONCAT('[', GROUP_CONCAT(${column}), ']')`,
  addLog2: (column) => {
    const given = `VALUES(${column})`;
    return `GREATEST(${column}, ${given}) + LOG2(1 + POW(2, -ABS(${column} - ${given})))`;
  },
  async putNewer({ runRows }, { table, key, rest, newer, rows }) {
    // The server assigns from left to right. The columns in `newer` come last, so they still have their stored values.
    const set = rest.map((name) => `${name} = IF(${newer}, VALUES(${name}), ${name})`);
    const sql = `INSERT INTO ${table} (${[...key, ...rest].join(", ")}) VALUES ? ON DUPLICATE KEY UPDATE ${
      set.join(", ")
    }`;
    // The server reports how many rows changed, not which ones.
    return await runRows(sql, inOrder(rows, key.length)) === 0 ? [] : rows;
  },
  lockKeys,
};
