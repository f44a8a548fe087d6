import type { Row } from "@/adapters/sql/row.ts";
import type { Condition, Statements } from "@/adapters/sql/statements.ts";
import { valuesOf, whereAll } from "./conditions.ts";

/** The first read gets this many rows of each word, or TIMES_SHARE times its share of `most` if that is more. */
const MIN_FIRST = 4;
const TIMES_SHARE = 2;

/**
 * The first `most` rows of `posting` for several words, by priority and book, each book once (a k-way merge). Reads a few rows of each
 * word first, then more only of words whose last row is still among the first `most` of all.
 */
export async function firstOfWords(
  { allEach }: Pick<Statements, "allEach">,
  words: string[],
  most: number,
  where: Condition[] = [],
): Promise<Row[]> {
  const conditions = [{ sql: "token = ?", values: [] }, ...where];
  const sql = `SELECT ? AS place, priority, book FROM posting ${whereAll(conditions)} ORDER BY priority, book LIMIT ?`;
  const readEach = (places: number[], limit: number) =>
    allEach(sql, places.map((at) => [at, words[at]!, ...valuesOf(where), limit]));

  const few = Math.min(most, Math.max(MIN_FIRST, Math.ceil(TIMES_SHARE * most / words.length)));
  const first = await readEach([...words.keys()], few);
  if (few === most) return sortRows(first).slice(0, most);
  const read = Map.groupBy(first, ({ place }) => Number(place));
  const last = sortRows(first)[most - 1];
  const open = words.keys().filter((at) => {
    const rows = read.get(at) ?? [];
    return rows.length === few && (last === undefined || byPriority(rows.at(-1)!, last) < 0);
  }).toArray();
  return sortRows([...first, ...await readEach(open, most)]).slice(0, most);
}

const byPriority = (a: Row, b: Row): number =>
  Number(a.priority) - Number(b.priority) || (String(a.book) < String(b.book) ? -1 : a.book === b.book ? 0 : 1);

/** Sorts rows by priority and book, each book once. */
const sortRows = (rows: Row[]): Row[] =>
  [...new Map(rows.map((row) => [String(row.book), row])).values()].sort(byPriority);
