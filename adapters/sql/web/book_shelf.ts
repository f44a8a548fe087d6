import { type BookSort, isDescending } from "@/domain/catalog/sort_value.ts";
import { BOOK_COLUMNS, bookOf } from "./rows.ts";
import type { BookShelf } from "@/application/catalog/ports.ts";
import type { Dialect } from "@/adapters/sql/dialect.ts";
import { allOf } from "@/adapters/sql/lists.ts";
import { type Row, textOf } from "@/adapters/sql/row.ts";
import type { Statements } from "@/adapters/sql/statements.ts";
import { countFacets } from "./facet_counts.ts";
import { hasFacet, hasWord, valuesOf, whereAll } from "./conditions.ts";

/** The stored form of `sortValue`. */
const sortedBy = ({ indexed }: Dialect): Record<BookSort, string> => ({
  newest: indexed("newest", "COALESCE(year, -1000000)"),
  oldest: indexed("oldest", "COALESCE(year, 1000000)"),
  title: "title_key",
  popularity: "appeal",
});

/** The catalogue as readers see it. */
export function createBookShelf(statements: Statements): BookShelf {
  const { all, get, dialect } = statements;
  const columns = sortedBy(dialect);
  return {
    async get(id) {
      const row = await get(`SELECT ${BOOK_COLUMNS} FROM book WHERE id = ?`, [id]);
      return row === undefined ? undefined : bookOf(row);
    },
    async byIds(ids) {
      const rows = await allOf(statements, `SELECT ${BOOK_COLUMNS} FROM book WHERE id IN (?)`, [], ids);
      const found = new Map(rows.map((row) => [String(row.id), bookOf(row)]));
      return [...new Set(ids)].flatMap((id) => found.get(id) ?? []);
    },
    async list({ facets, sort, limit, after, groups = [] }) {
      const [order, beyond] = isDescending(sort) ? ["DESC", "<"] : ["ASC", ">"];
      const by = columns[sort];
      const index = sort === "popularity" ? "appeal" : sort;
      const having = [
        ...facets.map((one) => hasFacet(one, "book.id")),
        ...groups.map((group) => hasWord(dialect, group, "-book.popularity", "book.id")),
      ];
      const sorted = `${by} ${order}, id`;
      // Both in one condition would be read from the beginning of the index.
      const ranges = after === undefined ? [{ where: [], inOrder: sorted }] : [
        { where: [{ sql: `${by} = ? AND id > ?`, values: [after.value, after.id] }], inOrder: "id" },
        { where: [{ sql: `${by} ${beyond} ?`, values: [after.value] }], inOrder: sorted },
      ];
      const rows: Row[] = [];
      for (const { where, inOrder } of ranges) {
        if (rows.length === limit) break;
        const conditions = [...having, ...where];
        const sql = `SELECT ${BOOK_COLUMNS} FROM book ${dialect.byIndex(`book_${index}`)} ${
          whereAll(conditions)
        } ORDER BY ${inOrder} LIMIT ?`;
        rows.push(...await all(sql, [...valuesOf(conditions), limit - rows.length]));
      }
      return rows.map(bookOf);
    },
    async sortValues(ids, sort) {
      const rows = await allOf(statements, `SELECT id, ${columns[sort]} AS value FROM book WHERE id IN (?)`, [], ids);
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
