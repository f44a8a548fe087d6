import { isDescending } from "@/domain/catalog/sort_value.ts";
import type { Facet } from "@/domain/catalog/found_by.ts";
import { BOOK_COLUMNS, bookOf } from "./rows.ts";
import type { BookShelf } from "@/application/catalog/ports.ts";
import { allOf } from "@/adapters/sql/lists.ts";
import { type Row, textOf } from "@/adapters/sql/row.ts";
import type { Statements, Value } from "@/adapters/sql/statements.ts";
import { countFacets } from "./facet_counts.ts";
import { hasWord, wordValue } from "./words_of_book.ts";

/** The stored form of `sortValue`. */
const SORT = {
  newest: "COALESCE(year, -1000000)",
  oldest: "COALESCE(year, 1000000)",
  title: "title_key",
  popularity: "appeal",
};

/** The condition that a book has a facet; `id` is the column with the book's id. Of the keys of a work it has one. */
export const hasFacet = ({ kind }: Facet, id: string): string =>
  `EXISTS (SELECT 1 FROM facet WHERE kind = ? AND value ${kind === "work" ? "IN (?)" : "= ?"} AND facet.book = ${id})`;
export const facetValues = (facets: Facet[]): Value[] =>
  facets.flatMap(({ kind, value }): Value[] => [kind, kind === "work" ? value.split(" ") : value]);

/** One text, as a text that is put together anew is hashed anew to find its prepared statement. */
const GET_BOOK = `SELECT ${BOOK_COLUMNS} FROM book WHERE id = ?`;

/** The catalogue as readers see it. */
export function createBookShelf(statements: Statements): BookShelf {
  const { all, get } = statements;
  return {
    async get(id) {
      const row = await get(GET_BOOK, [id]);
      return row === undefined ? undefined : bookOf(row);
    },
    async byIds(ids) {
      const rows = await allOf(statements, `SELECT ${BOOK_COLUMNS} FROM book WHERE id IN (?)`, [], ids);
      const found = new Map(rows.map((row) => [String(row.id), bookOf(row)]));
      return [...new Set(ids)].flatMap((id) => found.get(id) ?? []);
    },
    async list({ facets, sort, limit, after, groups = [] }) {
      const [order, beyond] = isDescending(sort) ? ["DESC", "<"] : ["ASC", ">"];
      const by = SORT[sort];
      const having = [
        ...facets.map((one) => hasFacet(one, "book.id")),
        ...groups.map((group) => hasWord(group, "-book.popularity", "book.id")),
      ];
      const values = [...facetValues(facets), ...groups.map(wordValue)];
      const sorted = `${by} ${order}, id`;
      // Both in one condition would be read from the beginning of the index.
      const ranges = after === undefined ? [{ where: [], from: [], inOrder: sorted }] : [
        { where: [`${by} = ?`, "id > ?"], from: [after.value, after.id], inOrder: "id" },
        { where: [`${by} ${beyond} ?`], from: [after.value], inOrder: sorted },
      ];
      const rows: Row[] = [];
      for (const { where, from, inOrder } of ranges) {
        if (rows.length === limit) break;
        const conditions = [...having, ...where];
        const sql = `SELECT ${BOOK_COLUMNS} FROM book ${
          conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`
        } ORDER BY ${inOrder} LIMIT ?`;
        rows.push(...await all(sql, [...values, ...from, limit - rows.length]));
      }
      return rows.map(bookOf);
    },
    async sortValues(ids, sort) {
      const rows = await allOf(statements, `SELECT id, ${SORT[sort]} AS value FROM book WHERE id IN (?)`, [], ids);
      return rows.map(({ id, value }) => ({ id: String(id), value: sort === "title" ? String(value) : Number(value) }));
    },
    facetCounts: (ids) => countFacets(statements, ids),
    async editions(works) {
      const keys = [...new Set(works.flatMap((work) => work.split(" ")))];
      const rows = await allOf(
        statements,
        "SELECT value, book FROM facet WHERE kind = 'work' AND value IN (?)",
        [],
        keys,
      );
      const books = Map.groupBy(rows, ({ value }) => textOf(value)!);
      return works.map((work) => {
        const own = work.split(" ").flatMap((key) => books.get(key) ?? []);
        return new Set(own.map(({ book }) => textOf(book))).size;
      });
    },
    count: async () => Number((await get("SELECT COUNT(*) AS n FROM book"))!.n),
  };
}
