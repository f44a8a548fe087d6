import type { Dialect } from "@/adapters/sql/dialect.ts";

/** SQLite's dialect. Only one transaction writes at a time, so rows need no locks. */
export const SQLITE: Dialect = {
  isLocal: true,
  onConflict: "ON CONFLICT DO UPDATE SET",
  given: (column) => `excluded.${column}`,
  ignore: () => "ON CONFLICT DO NOTHING",
  forUpdate: "",
  forShare: "",
  byIndex: () => "",
  anyOf: (list, test) => ({ sql: test("IN (?)"), values: [list] }),
  // The parts are merged as they are read, so that no more is read of them.
  firstOf: (parts, order, most) => ({
    sql: `${parts.map(({ sql }) => sql).join(" UNION ")} ORDER BY ${order} LIMIT ?`,
    values: [...parts.flatMap(({ values }) => values), most],
  }),
  numbersInOrder: true,
  now: "CAST(unixepoch('subsec') * 1000 AS INTEGER)",
  stamp: () => Date.now(),
  deleteSome({ table, key, where, order }) {
    const sorted = order === undefined ? "" : ` ORDER BY ${order}`;
    const columns = key.join(", ");
    return `DELETE FROM ${table} WHERE (${columns}) IN (SELECT ${columns} FROM ${table} WHERE ${where}${sorted} LIMIT ?)`;
  },
  deleteIn: async ({ run }, sql, _column, values, list) => void await run(sql, [...values, list]),
  async deleteRows({ runEach }, table, key, rows, and = "") {
    if (rows.length === 0) return 0;
    const sql = `DELETE FROM ${table} WHERE ${key.map((name) => `${name} = ?`).join(" AND ")} ${and}`;
    return (await runEach(sql, rows)).reduce((sum, changed) => sum + changed, 0);
  },
  async insertNew({ runEach }, { table, key, rest, stamped, rows }) {
    const now = Date.now();
    const sql = `INSERT INTO ${table} (${[...key, ...rest, stamped].join(", ")}) VALUES ? ON CONFLICT DO NOTHING`;
    return (await runEach(sql, rows.map((row) => [...row, now]))).map((changed) => changed > 0);
  },
  // JavaScript numbers are bound as REAL, which would not give a whole quotient.
  quotient: (number, by) => `CAST(${number} AS INTEGER) / CAST(${by} AS INTEGER)`,
  gather: (column) => `json_group_array(${column})`,
  addLog2: (column) => `add_log2(${column}, excluded.${column})`,
  async putNewer({ runEach }, { table, key, rest, newer, rows }) {
    const columns = [...key, ...rest];
    const sql = `INSERT INTO ${table} (${columns.join(", ")}) VALUES ?
      ON CONFLICT DO UPDATE SET ${rest.map((name) => `${name} = excluded.${name}`).join(", ")} WHERE ${newer}`;
    const changed = await runEach(sql, rows);
    return rows.filter((_, at) => changed[at]! > 0);
  },
  lockKeys: () => Promise.resolve(),
};
