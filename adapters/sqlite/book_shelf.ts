import { descending } from "@/domain/catalog/sort_value.ts";
import type { Facet } from "@/domain/catalog/found_by.ts";
import type { BookSearch, BookShelf } from "@/application/catalog/ports.ts";
import { bookOf } from "@/adapters/sql/web_rows.ts";
import type { SyncStatements as Statements } from "./connection.ts";

/** The stored form of `sortValue`. */
const SORT = {
  newest: "COALESCE(year, -1000000)",
  oldest: "COALESCE(year, 1000000)",
  title: "title_key",
  popularity: "popularity",
};

const HAS_FACET = "EXISTS (SELECT 1 FROM facet WHERE kind = ? AND value = ? AND book = id)";
const values = (facets: Facet[]): string[] => facets.flatMap(({ kind, value }) => [kind, value]);

/** The catalogue as readers see it. */
export function createBookShelf({ all, get }: Statements): BookShelf {
  return {
    get: (id) => {
      const row = get("SELECT * FROM book WHERE id = ?", id);
      return Promise.resolve(row === undefined ? undefined : bookOf(row));
    },
    byIds(ids) {
      const rows = all("SELECT * FROM book WHERE id IN (SELECT value FROM json_each(?))", JSON.stringify(ids));
      const found = new Map(rows.map((row) => [String(row.id), bookOf(row)]));
      return Promise.resolve([...new Set(ids)].flatMap((id) => found.get(id) ?? []));
    },
    list({ facets, sort, limit, after }) {
      const [order, beyond] = descending(sort) ? ["DESC", "<"] : ["ASC", ">"];
      const by = SORT[sort];
      const where = [
        ...facets.map(() => HAS_FACET),
        ...(after === undefined ? [] : [`(${by} ${beyond} ? OR (${by} = ? AND id > ?))`]),
      ];
      const rows = all(
        `SELECT * FROM book ${
          where.length === 0 ? "" : `WHERE ${where.join(" AND ")}`
        } ORDER BY ${by} ${order}, id LIMIT ?`,
        ...values(facets),
        ...(after === undefined ? [] : [after.value, after.value, after.id]),
        limit,
      );
      return Promise.resolve(rows.map(bookOf));
    },
    count: () => Promise.resolve(Number(get("SELECT COUNT(*) AS n FROM book")!.n)),
  };
}

/** The last character of a range of words with a common start. */
const END = "\u{10ffff}";

/** Candidates from postings: every word but the last as it is, the last one as the start of a word. */
export function createBookSearch({ all }: Statements): BookSearch {
  return {
    candidates({ words, titleKey, facets, most }) {
      const prefix = words.at(-1)!;
      const whole = words.slice(0, -1);
      const where = [
        "EXISTS (SELECT 1 FROM posting WHERE token >= ? AND token < ? AND book = id)",
        ...facets.map(() => HAS_FACET),
      ];
      const joins = whole.map((_, at) => `JOIN posting p${at} ON p${at}.book = id AND p${at}.token = ?`).join(" ");
      const driven = whole.length > 0
        ? `SELECT book.* FROM book ${joins} WHERE ${where.join(" AND ")}`
        : `SELECT book.* FROM book WHERE id IN (SELECT book FROM posting WHERE token >= ? AND token < ?)` +
          facets.map(() => ` AND ${HAS_FACET}`).join("");
      const parameters = [...whole, prefix, prefix + END, ...values(facets)];
      const popular = all(`${driven} ORDER BY popularity DESC, id LIMIT ?`, ...parameters, most);
      const exact = all(
        `${driven} AND title_key = ? ORDER BY popularity DESC, id LIMIT ?`,
        ...parameters,
        titleKey,
        most,
      );
      return Promise.resolve([...new Map([...exact, ...popular].map((row) => [String(row.id), bookOf(row)])).values()]);
    },
  };
}
