import type { Facet } from "@/domain/catalog/found_by.ts";
import type { Dialect } from "@/adapters/sql/dialect.ts";
import type { Condition, Value } from "@/adapters/sql/statements.ts";

/**
 * The book has a word of the group. `priority` and `book`: columns of the outer query. A scalar subquery, because the optimizer
 * never turns one into a join, whose order it would choose.
 */
export function hasWord(dialect: Pick<Dialect, "anyOf">, group: string[], priority: string, book: string): Condition {
  const test = (compared: string) =>
    `(SELECT COUNT(*) FROM posting AS other WHERE other.token ${compared}
      AND other.priority = ${priority} AND other.book = ${book}) > 0`;
  return group.length === 1 ? { sql: test("= ?"), values: group } : dialect.anyOf(group, test);
}

/** The book has a facet; for a work, any of its keys. `id`: the column of the outer query with the book's id. */
export function hasFacet({ kind, value }: Facet, id: string): Condition {
  const one = `EXISTS (SELECT 1 FROM facet WHERE kind = ? AND value = ? AND facet.book = ${id})`;
  const values = kind === "work" ? value.split(" ") : [value];
  return { sql: `(${values.map(() => one).join(" OR ")})`, values: values.flatMap((each) => [kind, each]) };
}

/** A WHERE clause of all conditions, or an empty string when there are none. */
export const whereAll = (conditions: Condition[]): string =>
  conditions.length === 0 ? "" : `WHERE ${conditions.map(({ sql }) => sql).join(" AND ")}`;

/** The values of all conditions, in order. */
export const valuesOf = (conditions: Condition[]): Value[] => conditions.flatMap(({ values }) => values);
