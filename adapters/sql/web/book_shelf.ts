import { isDescending } from "@/domain/catalog/sort_value.ts";
import type { Facet } from "@/domain/catalog/found_by.ts";
import { bookOf } from "./rows.ts";
import type { BookShelf } from "@/application/catalog/ports.ts";
import { allOf } from "@/adapters/sql/lists.ts";
import type { Statements } from "@/adapters/sql/statements.ts";

/** The stored form of `sortValue`. */
const SORT = {
  newest: "COALESCE(year, -1000000)",
  oldest: "COALESCE(year, 1000000)",
  title: "title_key",
  popularity: "popularity",
};

/** The condition that a book has a facet; `id` is the column with the book's id. */
export const hasFacet = (id: string): string =>
  `EXISTS (SELECT 1 FROM facet WHERE kind = ? AND value = ? AND facet.book = ${id})`;
export const facetValues = (facets: Facet[]): string[] => facets.flatMap(({ kind, value }) => [kind, value]);

/** The catalogue as readers see it. */
export function createBookShelf(statements: Statements): BookShelf {
  const { all, get } = statements;
  return {
    async get(id) {
      const row = await get("SELECT * FROM book WHERE id = ?", [id]);
      return row === undefined ? undefined : bookOf(row);
    },
    async byIds(ids) {
      const rows = await allOf(statements, "SELECT * FROM book WHERE id IN (?)", [], ids);
      const found = new Map(rows.map((row) => [String(row.id), bookOf(row)]));
      return [...new Set(ids)].flatMap((id) => found.get(id) ?? []);
    },
    async list({ facets, sort, limit, after }) {
      const [order, beyond] = isDescending(sort) ? ["DESC", "<"] : ["ASC", ">"];
      const by = SORT[sort];
      const where = [
        ...facets.map(() => hasFacet("book.id")),
        ...(after === undefined ? [] : [`(${by} ${beyond} ? OR (${by} = ? AND id > ?))`]),
      ];
      const rows = await all(
        `SELECT * FROM book ${
          where.length === 0 ? "" : `WHERE ${where.join(" AND ")}`
        } ORDER BY ${by} ${order}, id LIMIT ?`,
        [...facetValues(facets), ...(after === undefined ? [] : [after.value, after.value, after.id]), limit],
      );
      return rows.map(bookOf);
    },
    count: async () => Number((await get("SELECT COUNT(*) AS n FROM book"))!.n),
  };
}
