import type { ReaderBook } from "@/domain/activity/reader_book.ts";
import type { ReaderBooks, ReaderList } from "@/application/activity/ports.ts";
import { replaceBy } from "@/adapters/sql/dialect.ts";
import { allByKey, inOrder } from "@/adapters/sql/lists.ts";
import type { Statements } from "@/adapters/sql/statements.ts";
import { type Flush, type Prefetch, readOnce } from "@/adapters/sql/web/read_once.ts";
import { readerBookOf } from "@/adapters/sql/web/rows.ts";

/** The key of a row as one string. */
export const pairOf = (reader: string, book: string): string => JSON.stringify([reader, book]);

/** Shelves, ratings and dismissals of readers, inside a transaction. */
export function createReaderBooks(statements: Statements): ReaderBooks & Prefetch & Flush {
  const { dialect, run, runRows } = statements;
  const pairs = readOnce<ReaderBook>(async (wanted) => {
    const keys = wanted.map((pair): string[] => JSON.parse(pair));
    const rows = await allByKey(statements, "reader_book", ["reader", "book"], keys);
    return rows.map(readerBookOf).map((row) => [pairOf(row.reader, row.book), row]);
  });
  const fresh = new Map<string, ReaderBook>();
  async function flush(): Promise<void> {
    if (fresh.size === 0) return;
    const rows = [...fresh.values()].map(({ reader, book, shelf, rating, dismissed, time, uncounted }) => [
      reader,
      book,
      shelf ?? null,
      rating ?? null,
      dismissed ? 1 : 0,
      time,
      uncounted === true ? 1 : 0,
    ]);
    fresh.clear();
    const replaced = replaceBy(dialect, ["shelf", "rating", "dismissed", "time", "uncounted"]);
    const columns = "reader, book, shelf, rating, dismissed, time, uncounted";
    const sql = `INSERT INTO reader_book (${columns}) VALUES ? ${replaced}`;
    await runRows(sql, inOrder(rows, 2));
  }
  return {
    prefetch: pairs.prefetch,
    get: (reader, book) => pairs.get(pairOf(reader, book)),
    put(row) {
      pairs.set(pairOf(row.reader, row.book), row);
      fresh.set(pairOf(row.reader, row.book), row);
      return Promise.resolve();
    },
    async removeReader(reader) {
      await flush();
      for (const [pair, row] of pairs.entries()) if (row?.reader === reader) pairs.set(pair, undefined);
      return await run("DELETE FROM reader_book WHERE reader = ?", [reader]);
    },
    async removeBook(book) {
      await flush();
      for (const [pair, row] of pairs.entries()) if (row?.book === book) pairs.set(pair, undefined);
      return await run("DELETE FROM reader_book WHERE book = ?", [book]);
    },
    flush,
  };
}

/** A reader's own list. */
export const createReaderList = (statements: Statements): ReaderList => ({
  async of(reader, limit) {
    const sql = "SELECT * FROM reader_book WHERE reader = ? ORDER BY time DESC, book LIMIT ?";
    return (await statements.all(sql, [reader, limit])).map(readerBookOf);
  },
  async about(reader, book) {
    const row = await statements.get("SELECT * FROM reader_book WHERE reader = ? AND book = ?", [reader, book]);
    return row === undefined ? undefined : readerBookOf(row);
  },
  async aboutBooks(reader, books) {
    const keys = [...new Set(books)].map((book) => [reader, book]);
    return (await allByKey(statements, "reader_book", ["reader", "book"], keys)).map(readerBookOf);
  },
});
