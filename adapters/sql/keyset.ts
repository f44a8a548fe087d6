import type { Row } from "./row.ts";
import type { Statements } from "./statements.ts";
import type { VersionTable } from "./tables.ts";

type Key = string | number;
/**
 * The rows to read: those of a version whose key begins with the values `of`, comes after the key `after`, and that fulfil
 * `where`. `after` is a whole key, with the values of `of`.
 */
type Page = {
  version: number;
  of?: Key[];
  after: Key[] | undefined;
  where?: { sql: string; values: Key[] };
};

/**
 * Statements that give a page in the order of the key, to be run in turn until there are enough rows. The last value of each is
 * how many are still missing. Not every server reads a comparison of whole keys (`(a, b) > (?, ?)`) by an index.
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

/** A column whose name may be a word of SQL. */
export const quoted = (column: string): string => `\`${column}\``;

/** A page of a version's rows, in the order of their key. */
export async function pageOf({ all }: Statements, table: VersionTable, page: Page, limit: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { sql, values } of pageStatements(table, page)) {
    if (rows.length < limit) rows.push(...await all(sql, [...values, limit - rows.length]));
  }
  return rows;
}
