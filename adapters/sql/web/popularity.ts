import type { Popularity } from "@/application/activity/ports.ts";
import type { PopularityFold } from "@/application/catalog/ports.ts";
import type { Database } from "@/adapters/sql/database.ts";
import type { Statements, Value } from "@/adapters/sql/statements.ts";
import type { Flush } from "./read_once.ts";

const MOST = Number.MAX_SAFE_INTEGER;

/** The sort key of popularity in SQL: imported popularity plus points of acts, at most MOST. */
export const appealOf = (popularity: string, acts: string): string =>
  `CASE WHEN ${popularity} > ${MOST} - ${acts} THEN ${MOST} ELSE ${popularity} + ${acts} END`;

/** Collects points per book. `flush` appends them as rows that a fold adds up later. */
export function createPopularity(statements: Statements): Popularity & Flush {
  const added = new Map<string, number>();
  return {
    add(book, points) {
      added.set(book, (added.get(book) ?? 0) + points);
      return Promise.resolve();
    },
    async flush() {
      const rows: Value[][] = [...added].filter(([, points]) => points !== 0);
      added.clear();
      await statements.runRows("INSERT INTO book_act (book, points) VALUES ?", rows);
    },
  };
}

const ACTS = "CASE WHEN acts > -(?) THEN acts + ? ELSE 0 END";
const SET_BOOK = `UPDATE book SET appeal = ${appealOf("popularity", `(${ACTS})`)}, acts = ${ACTS} WHERE id IN (?)`;
const SET_DOCUMENT = `UPDATE search_document SET acts = ${ACTS} WHERE book IN (?)`;

/** Adds rows of acts to the books and deletes them in one transaction, so that each counts once. Locks keep other processes out. */
export const createPopularityFold = (
  { read, transaction }: Pick<Database, "read" | "transaction">,
): PopularityFold => ({
  async fold(most) {
    const waiting = await read.all("SELECT number FROM book_act ORDER BY number LIMIT ?", [most]);
    const numbers = waiting.map(({ number }) => Number(number));
    if (numbers.length === 0) return 0;
    return await transaction(async ({ all, run, dialect }) => {
      const rows = await all(
        `SELECT number, book, points FROM book_act WHERE number IN (?) ORDER BY number ${dialect.forUpdate}`,
        [numbers],
      );
      if (rows.length === 0) return 0;
      const sums = new Map<string, number>();
      for (const { book, points } of rows) sums.set(String(book), (sums.get(String(book)) ?? 0) + Number(points));
      for (const [points, books] of Map.groupBy([...sums.keys()].sort(), (book) => sums.get(book)!)) {
        if (points === 0) continue;
        const added = [points, points];
        await run(SET_BOOK, [...added, ...added, ...added, books]);
        await run(SET_DOCUMENT, [...added, books]);
      }
      await run("DELETE FROM book_act WHERE number IN (?)", [rows.map(({ number }) => Number(number))]);
      return rows.length;
    });
  },
});
