import { type BookSort, isDescending, noYear } from "@/domain/catalog/sort_value.ts";
import { BOOK_COLUMNS, bookOf } from "./rows.ts";
import type { Book } from "@/domain/catalog/book.ts";
import { defined } from "@/application/defined.ts";
import type { After, BookShelf } from "@/application/catalog/ports.ts";
import { allOf, listPieces } from "@/adapters/sql/lists.ts";
import { numberOf, type Row, textOf } from "@/adapters/sql/row.ts";
import type { Condition, Statements, Value } from "@/adapters/sql/statements.ts";
import { countFacets } from "./facet_counts.ts";
import { hasFacet, hasWord, valuesOf, whereAll } from "./conditions.ts";

/** What is stored of `sortValue`; a book without a year has NULL. */
const COLUMNS: Record<BookSort, string> = { newest: "year", oldest: "year", title: "title_key", popularity: "appeal" };

type Range = { where: Condition[]; inOrder: string };

/** The parts of a sorted list, in order, `after` a book if wanted: in one condition they would be read from the index's beginning. */
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

/** Places that are read at first: most pages are found among them. */
const FIRST_SCANNED = 500;

/** The first `scanLimit` places of a sort, which the index alone has: some, and the others if they are wanted. */
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

/** The place of a book in a sorted list. `value`: the column that it is sorted by. */
function placeOf({ id, value }: Row, sort: BookSort): After {
  if (sort === "title") return { id: String(id), value: String(value) };
  return { id: String(id), value: sort === "popularity" ? Number(value) : numberOf(value) ?? noYear(sort) };
}

/** The first books of a sort that fulfil all conditions, among the first `scanLimit`. Some at a time are looked up whole. */
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

/** One text, as a text that is put together again is hashed again to find its prepared statement. */
const GET_BOOK = `SELECT ${BOOK_COLUMNS} FROM book WHERE id = ?`;

/** The catalogue as readers see it. */
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
