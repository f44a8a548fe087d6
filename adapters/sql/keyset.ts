import type { Row } from "./row.ts";
import type { Statements } from "./statements.ts";
import type { VersionTable } from "./tables.ts";

type Key = string | number;
/**
 * Which rows of a table: those of a version that begin with the values `of`, behind one of them by the values of its key (those
 * of `of` among them), that fulfil `where`.
 */
type Page = {
  version: number;
  of?: Key[];
  after: Key[] | undefined;
  where?: { sql: string; values: Key[] };
};

/**
 * Statements that give a page of rows in the order of their key, one after the other until there are enough: each wants as its
 * last value how many are still missing. A comparison of whole keys (`(a, b) > (?, ?)`) would not be read by index everywhere.
 */
function pageStatements(
  { name, key }: VersionTable,
  { version, of = [], after, where }: Page,
): { sql: string; values: Key[] }[] {
  const order = key.map(quoted).join(", ");
  const statement = (conditions: string[], values: Key[]) => ({
    sql: `SELECT * FROM ${name} WHERE ${
      ["version = ?", ...conditions, ...(where === undefined ? [] : [where.sql])].join(" AND ")
    } ORDER BY ${order} LIMIT ?`,
    values: [version, ...values, ...(where?.values ?? [])],
  });
  const equal = (depth: number) => key.slice(0, depth).map((column) => `${quoted(column)} = ?`);
  if (after === undefined) return [statement(equal(of.length), of)];
  return key.slice(of.length).map((_, at) => key.length - 1 - at).map((depth) => {
    const same = equal(depth);
    return statement([...same, `${quoted(key[depth]!)} > ?`], after.slice(0, depth + 1));
  });
}

/** A column by a name that may be a word of SQL. */
export const quoted = (column: string): string => `\`${column}\``;

/** A page of a version's rows, in the order of their key. */
export async function pageOf({ all }: Statements, table: VersionTable, page: Page, limit: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { sql, values } of pageStatements(table, page)) {
    if (rows.length < limit) rows.push(...await all(sql, [...values, limit - rows.length]));
  }
  return rows;
}
