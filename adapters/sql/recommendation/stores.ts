import { featuresOf } from "@/domain/recommendation/likeness.ts";
import { READERS_STEP } from "./popular.ts";
import { knownBookOf, packNeighbours } from "./rows.ts";
import type { BookFactsStore, EngineStores, Interactions, KnownBook } from "@/application/recommendation/ports.ts";
import { newerBook } from "@/application/recommendation/newer_book.ts";
import { replaceBy } from "@/adapters/sql/dialect.ts";
import { allOf, inOrder } from "@/adapters/sql/lists.ts";
import type { Statements, Value } from "@/adapters/sql/statements.ts";

/** Interactions of one projection version, inside a transaction: one row per reader, book and kind of act. */
export const createInteractions = (statements: Statements, version: number): Interactions => ({
  async put(rows) {
    const changed = await statements.dialect.putNewer(statements, {
      table: "interaction",
      key: ["version", "reader", "book", "kind"],
      rest: ["stars", "time"],
      newer: `${statements.dialect.given("time")} > time`,
      rows: rows.map(({ reader, book, kind, stars, time }) => [version, reader, book, kind, stars, time]),
    });
    return [...new Set(changed.map(([, reader]) => String(reader)))];
  },
  async putSearches(searches) {
    await statements.dialect.putNewer(statements, {
      table: "reader_search",
      key: ["version", "reader", "normal"],
      rest: ["query", "books", "time"],
      newer: `${statements.dialect.given("time")} > time`,
      rows: searches.map(({ reader, normal, query, books, time }) => [
        version,
        reader,
        normal,
        query,
        JSON.stringify(books),
        time,
      ]),
    });
  },
  async has(reader) {
    const sql = (table: string) => `SELECT 1 FROM ${table} WHERE version = ? AND reader = ? LIMIT 1`;
    const rows = await statements.all(sql("interaction"), [version, reader]);
    return rows.length > 0 || (await statements.all(sql("reader_search"), [version, reader])).length > 0;
  },
  async removeReader(reader) {
    const sql = "SELECT DISTINCT book FROM interaction WHERE version = ? AND reader = ?";
    const books = (await statements.all(sql, [version, reader])).map((row) => String(row.book));
    await statements.run("DELETE FROM interaction WHERE version = ? AND reader = ?", [version, reader]);
    await statements.run("DELETE FROM reader_search WHERE version = ? AND reader = ?", [version, reader]);
    return books;
  },
});

const BOOK_COLUMNS = [
  "title",
  "authors",
  "subjects",
  "year",
  "language",
  "popularity",
  "book_version",
  "removed",
  "series",
  "work",
];

const FEATURE_KEY = ["version", "feature", "book"];
/** The feature rows of a book. A removed book has none. */
const featureRows = (version: number, book: KnownBook) =>
  book.removed ? [] : [...new Set(featuresOf(book))].map((feature) => [version, feature, book.id, book.popularity]);

/** Writes books and their features. Only the engine writes their number of readers. */
export const createBookFacts = (statements: Statements, version: number): BookFactsStore => ({
  async put(books) {
    const ids = [...new Set(books.map(({ id }) => id))];
    const sql = "SELECT * FROM known_book WHERE version = ? AND id IN (?)";
    const before = new Map(
      (await allOf(statements, sql, [version], ids)).map(knownBookOf).map((book) => [book.id, book]),
    );
    const after = new Map(before);
    for (const book of books) after.set(book.id, newerBook(after.get(book.id), book));
    const changed = ids.flatMap((id) => after.get(id) === before.get(id) ? [] : [after.get(id)!]);
    if (changed.length === 0) return;

    const lists = "SELECT book, readers FROM neighbour_list WHERE version = ? AND book IN (?)";
    const chosen = await allOf(statements, lists, [version], changed.map(({ id }) => id));
    const readers = new Map(chosen.map((row) => [String(row.book), Number(row.readers)]));
    await statements.runRows(
      `INSERT INTO known_book (version, id, ${BOOK_COLUMNS.join(", ")}, readers) VALUES ? ` +
        replaceBy(statements.dialect, BOOK_COLUMNS),
      inOrder(changed.map((book) => [version, ...bookRow(book), readers.get(book.id) ?? 0]), 2),
    );
    const old = changed.flatMap(({ id }) => before.get(id) ?? []);
    await putFeatures(statements, {
      old: old.flatMap((book) => featureRows(version, book)),
      rows: changed.flatMap((book) => featureRows(version, book)),
    });
  },
});

/** Replaces the features of books. Unchanged rows are not deleted and inserted again. */
async function putFeatures(statements: Statements, { old, rows }: { old: Value[][]; rows: Value[][] }): Promise<void> {
  const staying = new Set(rows.map((row) => JSON.stringify(row)));
  const gone = inOrder(old.filter((row) => !staying.has(JSON.stringify(row))), FEATURE_KEY.length);
  // With the popularity, which comes before the book in SQLite's key.
  await statements.dialect.deleteRows(statements, "feature", FEATURE_KEY, gone, "AND popularity = ?");
  await statements.runRows(
    `INSERT INTO feature (${FEATURE_KEY.join(", ")}, popularity) VALUES ? ${statements.dialect.ignore("book")}`,
    inOrder(rows, FEATURE_KEY.length),
  );
}

const bookRow = (book: KnownBook) => [
  book.id,
  book.title,
  JSON.stringify(book.authors),
  JSON.stringify(book.subjects),
  book.year ?? null,
  book.language ?? null,
  book.popularity,
  book.version,
  book.removed ? 1 : 0,
  book.series ?? null,
  book.work ?? null,
];

/** The number of list writes that are recorded, more than in the seconds between two reads of a cache. */
const CHANGES_KEPT = 1_000;
const LIST_TIMES = "(SELECT times FROM list_write WHERE version = ?)";
/** The number of readers of a book, from its list. */
const LIST_READERS =
  "(SELECT list.readers FROM neighbour_list AS list WHERE list.version = known_book.version AND list.book = known_book.id)";

/** The engine's stores inside a transaction. */
export const engineStores = (statements: Statements, version: number): Omit<EngineStores, "fence"> => ({
  changed: {
    async mark(changed) {
      await statements.runRows(
        `INSERT INTO change_mark (version, kind, id, late, times) VALUES ? ${statements.dialect.onConflict} times = times + 1`,
        changed.map(({ kind, id }) => [version, kind, id, kind === "list" ? 1 : 0, 1]),
      );
    },
    async clear(marks) {
      const taken = marks.map(({ mark }) => mark.split("/").map(Number) as [number, number]);
      // One statement for each value of `times`: an IN list of one column uses the index, an IN list of pairs does not.
      for (const [times, turns] of Map.groupBy(taken, ([, times]) => times)) {
        const sql = "DELETE FROM change_mark WHERE times = ? AND turn IN (?)";
        await statements.dialect.deleteIn(statements, sql, "turn", [times], turns.map(([turn]) => turn));
      }
    },
  },
  lists: {
    async put(lists) {
      await statements.runRows(
        "INSERT INTO neighbour_list (version, book, readers, neighbours) VALUES ? " +
          replaceBy(statements.dialect, ["readers", "neighbours"]),
        inOrder(lists.map((list) => [version, list.book, list.readers, packNeighbours(list)]), 2),
      );
      if (lists.length === 0) return;
      await statements.runRows(
        `INSERT INTO list_write (version, times) VALUES ? ${statements.dialect.onConflict} times = times + 1`,
        [[version, 1]],
      );
      await statements.run(
        "INSERT INTO list_change (version, times, books) SELECT version, times, ? FROM list_write WHERE version = ?",
        // As JSON text, because an array would be expanded to several values.
        [JSON.stringify(lists.map(({ book }) => book)), version],
      );
      await statements.run(`DELETE FROM list_change WHERE version = ? AND times <= ${LIST_TIMES} - ?`, [
        version,
        version,
        CHANGES_KEPT,
      ]);
      await statements.run(
        `UPDATE known_book SET readers = ${LIST_READERS}
          WHERE version = ? AND id IN (?) AND ABS(${LIST_READERS} - readers) * ${READERS_STEP} > readers`,
        [version, lists.map(({ book }) => book)],
      );
    },
  },
});
