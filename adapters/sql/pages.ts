/** A table whose rows belong to versions, with its key behind the version. */
export type VersionTable = { name: string; key: string[] };

/** The projection tables, by store. */
export const TREND_TABLES = {
  vote: { name: "vote", key: ["subject", "key", "hour", "reader", "kind"] },
  bucket: { name: "bucket", key: ["subject", "key", "start", "kind"] },
  score: { name: "score", key: ["subject", "key"] },
  shownBook: { name: "shown_book", key: ["id"] },
  shownQuery: { name: "shown_query", key: ["key"] },
};
export const RECOMMENDATION_TABLES = {
  interaction: { name: "interaction", key: ["reader", "book", "kind"] },
  search: { name: "reader_search", key: ["reader", "normal"] },
  book: { name: "known_book", key: ["id"] },
  list: { name: "neighbour_list", key: ["book"] },
  feature: { name: "feature", key: ["feature", "book"] },
  mark: { name: "change_mark", key: ["kind", "id"] },
};

type Value = string | number;
/**
 * Which rows of a table: those of a version that begin with the values `of`, behind one of them by the values of its key (those
 * of `of` among them), that fulfil `where`.
 */
export type Page = {
  version: number;
  of?: Value[];
  after: Value[] | undefined;
  where?: { sql: string; values: Value[] };
};

/**
 * Statements that give a page of rows in the order of their key, one after the other until there are enough: each wants as its
 * last value how many are still missing. A comparison of whole keys (`(a, b) > (?, ?)`) would not be read by index everywhere.
 */
export function pageStatements(
  { name, key }: VersionTable,
  { version, of = [], after, where }: Page,
  quoted: (column: string) => string = (column) => column,
): { sql: string; values: Value[] }[] {
  const order = key.map(quoted).join(", ");
  const statement = (conditions: string[], values: Value[]) => ({
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
