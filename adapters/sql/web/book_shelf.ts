import { isDescending } from "@/domain/catalog/sort_value.ts";
import type { Facet } from "@/domain/catalog/found_by.ts";
import { bookOf } from "./rows.ts";
import type { BookSearch, BookShelf } from "@/application/catalog/ports.ts";
import { allOf } from "@/adapters/sql/lists.ts";
import type { Statements } from "@/adapters/sql/statements.ts";

/** The stored form of `sortValue`. */
const SORT = {
  newest: "COALESCE(year, -1000000)",
  oldest: "COALESCE(year, 1000000)",
  title: "title_key",
  popularity: "popularity",
};

const HAS_FACET = "EXISTS (SELECT 1 FROM facet WHERE kind = ? AND value = ? AND facet.book = book.id)";
const values = (facets: Facet[]): string[] => facets.flatMap(({ kind, value }) => [kind, value]);

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
        ...facets.map(() => HAS_FACET),
        ...(after === undefined ? [] : [`(${by} ${beyond} ? OR (${by} = ? AND id > ?))`]),
      ];
      const rows = await all(
        `SELECT * FROM book ${
          where.length === 0 ? "" : `WHERE ${where.join(" AND ")}`
        } ORDER BY ${by} ${order}, id LIMIT ?`,
        [...values(facets), ...(after === undefined ? [] : [after.value, after.value, after.id]), limit],
      );
      return rows.map(bookOf);
    },
    count: async () => Number((await get("SELECT COUNT(*) AS n FROM book"))!.n),
  };
}

/** The last character of a range of words with a common start. */
const END = "\u{10ffff}";

/** Candidates from postings: every word but the last as it is, the last one as the start of a word. */
export function createBookSearch({ all }: Statements): BookSearch {
  return {
    async candidates({ words, titleKey, facets, most }) {
      const prefix = words.at(-1)!;
      const whole = words.slice(0, -1);
      const found = "SELECT book FROM posting WHERE token";
      const where = [
        ...whole.map(() => `id IN (${found} = ?)`),
        `id IN (${found} >= ? AND token < ?)`,
        ...facets.map(() => HAS_FACET),
      ].join(" AND ");
      const parameters = [...whole, prefix, prefix + END, ...values(facets)];
      const popular = await all(
        `SELECT * FROM book WHERE ${where} ORDER BY popularity DESC, id LIMIT ?`,
        [...parameters, most],
      );
      const exact = await all(
        `SELECT * FROM book WHERE title_key = ? AND ${where} ORDER BY popularity DESC, id LIMIT ?`,
        [titleKey, ...parameters, most],
      );
      return [...new Map([...exact, ...popular].map((row) => [String(row.id), bookOf(row)])).values()];
    },
  };
}
