import { featuresOf } from "@/domain/recommendation/likeness.ts";
import type { BookFactsStore, EngineStores, Interactions } from "@/application/recommendation/ports.ts";
import type { SyncStatements as Statements } from "./connection.ts";
import { knownBookOf, packNeighbours } from "@/adapters/sql/recommendation_rows.ts";

/** Rows per reader, book and act of one projection version, over a transaction's statements. */
export const createInteractions = ({ all, run }: Statements, version: number): Interactions => ({
  put(rows) {
    const changed = new Set<string>();
    for (const { reader, book, kind, stars, time } of rows) {
      const written = run(
        `INSERT INTO interaction (version, reader, book, kind, stars, time) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET stars = excluded.stars, time = excluded.time WHERE excluded.time > time`,
        ...[version, reader, book, kind, stars, time],
      );
      if (written > 0) changed.add(reader);
    }
    return Promise.resolve([...changed]);
  },
  putSearches(searches) {
    for (const { reader, normal, query, books, time } of searches) {
      run(
        `INSERT INTO reader_search (version, reader, normal, query, books, time) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET query = excluded.query, books = excluded.books, time = excluded.time WHERE excluded.time > time`,
        ...[version, reader, normal, query, JSON.stringify(books), time],
      );
    }
    return Promise.resolve();
  },
  removeReader(reader) {
    const books = all("SELECT DISTINCT book FROM interaction WHERE version = ? AND reader = ?", version, reader).map((
      row,
    ) => String(row.book));
    run("DELETE FROM interaction WHERE version = ? AND reader = ?", version, reader);
    run("DELETE FROM reader_search WHERE version = ? AND reader = ?", version, reader);
    return Promise.resolve(books);
  },
});

/** Books with their features, kept in step. */
export const createBookFacts = ({ get, run }: Statements, version: number): BookFactsStore => ({
  put(books) {
    for (const book of books) {
      const row = get("SELECT * FROM known_book WHERE version = ? AND id = ?", version, book.id);
      const before = row === undefined ? undefined : knownBookOf(row);
      if (before !== undefined && before.version >= book.version) continue;
      for (const feature of before === undefined ? [] : featuresOf(before)) {
        run(
          "DELETE FROM feature WHERE version = ? AND feature = ? AND popularity = ? AND book = ?",
          ...[version, feature, before!.popularity, book.id],
        );
      }
      const readers = Number(
        get("SELECT readers FROM neighbour_list WHERE version = ? AND book = ?", version, book.id)?.readers ?? 0,
      );
      run(
        `INSERT OR REPLACE INTO known_book
           (version, id, title, authors, subjects, year, language, popularity, book_version, removed, readers)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        ...[
          version,
          book.id,
          book.title,
          JSON.stringify(book.authors),
          JSON.stringify(book.subjects),
          book.year ?? null,
        ],
        ...[book.language ?? null, book.popularity, book.version, book.removed ? 1 : 0, readers],
      );
      for (const feature of book.removed ? [] : featuresOf(book)) {
        run(
          "INSERT OR IGNORE INTO feature (version, feature, popularity, book) VALUES (?, ?, ?, ?)",
          version,
          feature,
          book.popularity,
          book.id,
        );
      }
    }
    return Promise.resolve();
  },
});

/** What the engine reads and writes in a transaction. */
export const engineStores = (statements: Statements, version: number): Omit<EngineStores, "fence"> => ({
  changed: {
    mark(changed) {
      for (const { kind, id } of changed) {
        statements.run("INSERT OR REPLACE INTO change_mark (version, kind, id) VALUES (?, ?, ?)", version, kind, id);
      }
      return Promise.resolve();
    },
    clear(marks) {
      const numbers = JSON.stringify(marks.map(({ mark }) => Number(mark)));
      statements.run("DELETE FROM change_mark WHERE mark IN (SELECT value FROM json_each(?))", numbers);
      return Promise.resolve();
    },
  },
  lists: {
    put(lists) {
      for (const list of lists) {
        const { book, readers } = list;
        statements.run(
          "INSERT OR REPLACE INTO neighbour_list (version, book, readers, neighbours) VALUES (?, ?, ?, ?)",
          ...[version, book, readers, packNeighbours(list)],
        );
        statements.run(
          "UPDATE known_book SET readers = ? WHERE version = ? AND id = ? AND readers <> ?",
          readers,
          version,
          book,
          readers,
        );
      }
      return Promise.resolve();
    },
  },
});
