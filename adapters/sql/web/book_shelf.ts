import { type BookSort, isDescending, noYear } from "@/domain/catalog/sort_value.ts";
import { BOOK_COLUMNS, bookOf } from "./rows.ts";
import type { Book } from "@/domain/catalog/book.ts";
import { defined } from "@/application/defined.ts";
import type { After, BookShelf } from "@/application/catalog/ports.ts";
import { allOf, listPieces } from "@/adapters/sql/lists.ts";
import { numberOf, type Row, textOf } from "@/adapters/sql/row.ts";
import type { Condition, Statements, Value } from "@/adapters/sql/statements.ts";
import { countFacets } from "@/adapters/sql/web/search/facet_counts.ts";
import { hasFacet, hasWord, valuesOf, whereAll } from "@/adapters/sql/web/search/conditions.ts";

/** The column of each sort order. A book without a year has NULL. */
const COLUMNS: Record<BookSort, string> = { newest: "year", oldest: "year", title: "title_key", popularity: "appeal" };

type Range = { where: Condition[]; inOrder: string };

/** The index ranges of a sorted list, in order, after a book if given (keyset pagination). One OR condition would scan the whole index. */
function rangesOf(sort: BookSort, after?: After): Range[] {
  const column = COLUMNS[sort];
  const [order, beyond] = isDescending(sort) ? ["DESC", "<"] : ["ASC", ">"];
  const inOrder = `${column} ${order}, id`;
  const range = (sql: string, values: Value[] = [], by = "id"): Range => ({ where: [{ sql, values }], inOrder: by });
  const isByYear = sort === "newest" || sort === "oldest";
  const withoutYear = isByYear ? [range("year IS NULL")] : [];
  if (after === undefined) return [range(`${column} IS NOT NULL`, [], inOrder), ...withoutYear];
  if (isByYear && after.value === noYear(sort)) return [range("year IS NULL AND id > ?", [after.id])];
  return [
    range(`${column} = ? AND id > ?`, [after.value, after.id]),
    range(`${column} ${beyond} ?`, [after.value], inOrder),
    ...withoutYear,
  ];
}

const booksBy = ({ byIndex }: Statements["dialect"], sort: BookSort): string =>
  `book ${byIndex(`book_${sort === "popularity" ? "appeal" : sort}`)}`;

type FirstQuery = { sort: BookSort; limit: number; scanLimit: number; after?: After };

/** The number of index entries to scan first, enough for most pages. */
const FIRST_SCANNED = 500;

/** The first `scanLimit` entries of a sort order from a covering index, in two batches: FIRST_SCANNED entries, then all others. */
async function* placesIn(
  { all, dialect }: Statements,
  { sort, scanLimit, after }: FirstQuery,
): AsyncGenerator<After[]> {
  let last = after;
  for (let [left, most] = [scanLimit, FIRST_SCANNED]; left > 0; most = left) {
    const places: After[] = [];
    const wanted = Math.min(left, most);
    for (const { where, inOrder } of rangesOf(sort, last)) {
      if (places.length === wanted) break;
      const sql = `SELECT id, ${COLUMNS[sort]} AS value FROM ${booksBy(dialect, sort)} ${
        whereAll(where)
      } ORDER BY ${inOrder} LIMIT ?`;
      const rows = await all(sql, [...valuesOf(where), wanted - places.length]);
      for (const row of rows) places.push(placeOf(row, sort));
    }
    yield places;
    if (places.length < wanted) return;
    last = places.at(-1)!;
    left -= places.length;
  }
}

/** The cursor of a book in a sorted list. `value`: its sort column. */
function placeOf({ id, value }: Row, sort: BookSort): After {
  if (sort === "title") return { id: String(id), value: String(value) };
  return { id: String(id), value: sort === "popularity" ? Number(value) : numberOf(value) ?? noYear(sort) };
}

/** The first books of a sort order that meet all conditions, among its first `scanLimit`. Reads books in batches of ids. */
async function firstHaving(statements: Statements, having: Condition[], query: FirstQuery): Promise<Book[]> {
  const found: Book[] = [];
  for await (const places of placesIn(statements, query)) {
    for (const ids of listPieces(places.map(({ id }) => id), statements.dialect)) {
      const sql = `SELECT ${BOOK_COLUMNS} FROM book ${whereAll([{ sql: "id IN (?)", values: [ids] }, ...having])}`;
      const rows = await statements.all(sql, [ids, ...valuesOf(having)]);
      const books = new Map(rows.map((row) => [String(row.id), bookOf(row)]));
      found.push(...ids.flatMap((id) => books.get(id) ?? []));
      if (found.length >= query.limit) return found.slice(0, query.limit);
    }
  }
  return found;
}

/** A constant, because a newly built string has to be hashed again to find its prepared statement. */
const GET_BOOK = `SELECT ${BOOK_COLUMNS} FROM book WHERE id = ?`;

/** Read queries of the catalogue. */
export function createBookShelf(statements: Statements, dataVersion?: () => number): BookShelf {
  const { all, get, dialect } = statements;
  return {
    async get(id) {
      const row = await get(GET_BOOK, [id]);
      return row === undefined ? undefined : bookOf(row);
    },
    versionOf: async (id) => numberOf((await get("SELECT version FROM book WHERE id = ?", [id]))?.version),
    ...defined({ dataVersion }),
    async byIds(ids) {
      const rows = await allOf(statements, `SELECT ${BOOK_COLUMNS} FROM book WHERE id IN (?)`, [], ids);
      const found = new Map(rows.map((row) => [String(row.id), bookOf(row)]));
      return [...new Set(ids)].flatMap((id) => found.get(id) ?? []);
    },
    async list({ facets, sort, limit, after, groups = [], scanLimit }) {
      const having = [
        ...facets.map((one) => hasFacet(one, "book.id")),
        ...groups.map((group) => hasWord(dialect, group, "-book.popularity", "book.id")),
      ];
      if (having.length > 0 && scanLimit !== undefined) {
        return await firstHaving(statements, having, { sort, limit, scanLimit, ...defined({ after }) });
      }
      const rows: Row[] = [];
      for (const { where, inOrder } of rangesOf(sort, after)) {
        if (rows.length === limit) break;
        const conditions = [...having, ...where];
        const sql = `SELECT ${BOOK_COLUMNS} FROM ${booksBy(dialect, sort)} ${
          whereAll(conditions)
        } ORDER BY ${inOrder} LIMIT ?`;
        rows.push(...await all(sql, [...valuesOf(conditions), limit - rows.length]));
      }
      return rows.map(bookOf);
    },
    async sortValues(ids, sort) {
      const sql = `SELECT id, ${COLUMNS[sort]} AS value FROM book WHERE id IN (?)`;
      const rows = await allOf(statements, sql, [], ids);
      return rows.map((row) => placeOf(row, sort));
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
