import type { Row } from "./row.ts";
import type { Statements } from "./statements.ts";
import type { VersionTable } from "./tables.ts";

type Key = string | number;
/**
 * A page: rows of a version whose key begins with the values `of` and comes after the key `after`, and that match `where`.
 * `after` is a whole key, including the values of `of`.
 */
type Page = {
  version: number;
  of?: Key[];
  after: Key[] | undefined;
  where?: { sql: string; values: Key[] };
};

/**
 * Returns the statements of a page in key order. The caller runs them in turn until the page is full; the last parameter of each
 * is its LIMIT. There are several, as not every server uses an index for `(a, b) > (?, ?)`.
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

/** Quotes a column whose name may be a keyword. */
export const quoted = (column: string): string => `\`${column}\``;

/** Reads a page of a version's rows in key order. */
export async function pageOf({ all }: Statements, table: VersionTable, page: Page, limit: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { sql, values } of pageStatements(table, page)) {
    if (rows.length < limit) rows.push(...await all(sql, [...values, limit - rows.length]));
  }
  return rows;
}
