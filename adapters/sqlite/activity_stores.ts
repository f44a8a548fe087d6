import { searchBooks } from "@/application/catalog/search_books.ts";
import type { ReaderList } from "@/application/activity/ports.ts";
import type { ActStores } from "@/application/activity/record_act.ts";
import { readerBookOf } from "@/adapters/sql/web_rows.ts";
import { createBookSearch } from "./book_shelf.ts";
import type { SyncStatements as Statements } from "./connection.ts";

/** The activity module's stores over one transaction's statements. */
export function activityStores(statements: Statements): ActStores {
  const { all, get, run } = statements;
  return {
    acts: { expect: () => Promise.resolve() },
    knownBooks: {
      has: (ids) => {
        const found = ids.length === 1
          ? all("SELECT id FROM book WHERE id = ?", ids[0]!)
          : all("SELECT id FROM book WHERE id IN (SELECT value FROM json_each(?))", JSON.stringify(ids));
        return Promise.resolve(new Set(found.map((row) => String(row.id))));
      },
    },
    firstResults: {
      async of(query) {
        const ranked = await searchBooks(createBookSearch(statements), query);
        return { results: ranked.length, books: ranked.slice(0, 10).map(({ book }) => book.id) };
      },
    },
    actIds: {
      note(id, fingerprint, now) {
        const added = run(
          "INSERT INTO act_id (id, fingerprint, time) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
          id,
          fingerprint,
          now,
        );
        if (added > 0) return Promise.resolve("new");
        const known = get("SELECT fingerprint FROM act_id WHERE id = ?", id);
        return Promise.resolve(known?.fingerprint === fingerprint ? "same" : "other");
      },
      purge: (before, most) =>
        Promise.resolve(
          run(
            "DELETE FROM act_id WHERE id IN (SELECT id FROM act_id WHERE time < ? ORDER BY time LIMIT ?)",
            before,
            most,
          ),
        ),
    },
    readerBooks: {
      get(reader, book) {
        const row = get("SELECT * FROM reader_book WHERE reader = ? AND book = ?", reader, book);
        return Promise.resolve(row === undefined ? undefined : readerBookOf(row));
      },
      put({ reader, book, shelf, rating, dismissed, time }) {
        run(
          "INSERT OR REPLACE INTO reader_book (reader, book, shelf, rating, dismissed, time) VALUES (?, ?, ?, ?, ?, ?)",
          ...[reader, book, shelf ?? null, rating ?? null, dismissed ? 1 : 0, time],
        );
        return Promise.resolve();
      },
      removeReader(reader) {
        run("DELETE FROM reader_book WHERE reader = ?", reader);
        return Promise.resolve();
      },
    },
    erased: {
      has: (reader) => Promise.resolve(get("SELECT 1 FROM erased_reader WHERE reader = ?", reader) !== undefined),
      add(reader, time) {
        run("INSERT OR IGNORE INTO erased_reader (reader, time) VALUES (?, ?)", reader, time);
        return Promise.resolve();
      },
    },
  };
}

/** A reader's own list. */
export const createReaderList = ({ all, get }: Statements): ReaderList => ({
  of: (reader, limit) =>
    Promise.resolve(
      all("SELECT * FROM reader_book WHERE reader = ? ORDER BY time DESC, book LIMIT ?", reader, limit).map(
        readerBookOf,
      ),
    ),
  about(reader, book) {
    const row = get("SELECT * FROM reader_book WHERE reader = ? AND book = ?", reader, book);
    return Promise.resolve(row === undefined ? undefined : readerBookOf(row));
  },
});
