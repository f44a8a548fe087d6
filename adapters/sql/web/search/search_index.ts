import type { SearchIndex } from "@/application/catalog/ports.ts";
import { titleKey } from "@/domain/catalog/found_by.ts";
import type { Row } from "@/adapters/sql/row.ts";
import type { Database } from "@/adapters/sql/database.ts";
import { writeFoundBy } from "@/adapters/sql/web/books.ts";
import { bookOf } from "@/adapters/sql/web/rows.ts";

/**
 * Rebuilds the search index in steps, most popular books first. The row of `index_work` is the cursor; without it the index is complete.
 * The row is locked, so that one process works at a time.
 */
export const createSearchIndex = ({ transaction }: Pick<Database, "transaction">): SearchIndex => ({
  remake: (most) =>
    transaction(async (statements) => {
      const { dialect, get, all, run } = statements;
      const work = await get(`SELECT * FROM index_work WHERE id = 1 ${dialect.forUpdate}`);
      if (work === undefined) return 0;
      const after = [Number(work.priority), Number(work.priority), String(work.book)];
      const next = await all(
        `SELECT id, popularity FROM book WHERE -popularity > ? OR (-popularity = ? AND id > ?) ORDER BY popularity DESC, id LIMIT ?`,
        [...after, most],
      );
      const last = next.at(-1);
      if (last === undefined) {
        await run("DELETE FROM index_work WHERE id = 1");
        return 0;
      }
      const ids = next.map(({ id }) => String(id));
      await dialect.lockKeys(statements, ids);
      const rows = await all("SELECT * FROM book WHERE id IN (?)", [ids]);
      const books = rows.map(bookOf);
      await writeFoundBy(statements, books);
      await statements.runEach("UPDATE book SET title_key = ? WHERE id = ?", staleTitles(rows));
      await run("UPDATE index_work SET priority = ?, book = ? WHERE id = 1", [
        -Number(last.popularity),
        String(last.id),
      ]);
      return ids.length;
    }),
});

/** The current title keys of rows whose stored one is outdated, each with the id. */
const staleTitles = (rows: Row[]): string[][] =>
  rows.map((row) => [titleKey(String(row.title)), String(row.id), String(row.title_key)])
    .filter(([now, , stored]) => now !== stored).map(([now, id]) => [now!, id!]);
