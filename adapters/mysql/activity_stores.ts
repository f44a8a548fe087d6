import type { ReaderBook } from "@/domain/activity/reader_book.ts";
import { readerBookOf } from "@/adapters/sql/web_rows.ts";
import { searchBooks } from "@/application/catalog/search_books.ts";
import type { ReaderList } from "@/application/activity/ports.ts";
import type { ActStores } from "@/application/activity/record_act.ts";
import { createBookSearch } from "./book_shelf.ts";
import type { Flush } from "./books.ts";
import { allOf } from "@/adapters/sql/lists.ts";
import type { Statements } from "@/adapters/sql/statements.ts";
import { lockKeys } from "./key_locks.ts";

const pairOf = (reader: string, book: string): string => JSON.stringify([reader, book]);

/**
 * The activity module's stores over one transaction's statements. What is expected is read at once, and what is new is written
 * at once by `flush`. `books`: those of the same transaction, which search must find.
 */
export function activityStores(statements: Statements, books: Flush): ActStores & Flush {
  const { run } = statements;
  const known = new Map<string, boolean>();
  const erased = new Map<string, boolean>();
  const prints = new Map<string, string | undefined>();
  const pairs = new Map<string, ReaderBook | undefined>();
  const fresh = {
    erased: new Map<string, number>(),
    acts: new Map<string, { fingerprint: string; now: number }>(),
    pairs: new Map<string, ReaderBook>(),
  };

  /** Which of the ids are in the column, remembered in the map. */
  async function look(into: Map<string, boolean>, sql: string, ids: string[]): Promise<void> {
    const unknown = [...new Set(ids)].filter((id) => !into.has(id));
    const found = new Set((await allOf(statements, sql, [], unknown)).map((row) => String(row.id)));
    for (const id of unknown) into.set(id, found.has(id));
  }
  const lookForBooks = (ids: string[]) => look(known, "SELECT id FROM book WHERE id IN (?)", ids);
  const lookForErased = (readers: string[]) =>
    look(erased, "SELECT reader AS id FROM erased_reader WHERE reader IN (?)", readers);

  async function readPrints(ids: string[]): Promise<void> {
    for (const id of ids) prints.set(id, undefined);
    const rows = await allOf(statements, "SELECT id, fingerprint FROM act_id WHERE id IN (?)", [], ids);
    for (const row of rows) prints.set(String(row.id), String(row.fingerprint));
  }

  async function readPairs(wanted: [string, string][]): Promise<void> {
    for (const [reader, book] of wanted) pairs.set(pairOf(reader, book), undefined);
    const rows = await allOf(statements, "SELECT * FROM reader_book WHERE (reader, book) IN (?)", [], wanted);
    for (const row of rows.map(readerBookOf)) pairs.set(pairOf(row.reader, row.book), row);
  }

  async function flush(): Promise<void> {
    const rows = {
      acts: [...fresh.acts].sort(byKey).map(([id, { fingerprint, now }]) => [id, fingerprint, now]),
      pairs: [...fresh.pairs].sort(byKey).map(([, { reader, book, shelf, rating, dismissed, time }]) => [
        ...[reader, book, shelf ?? null, rating ?? null],
        ...[dismissed ? 1 : 0, time],
      ]),
      erased: [...fresh.erased].sort(byKey),
    };
    for (const map of Object.values(fresh)) map.clear();
    await statements.runRows("INSERT INTO act_id (id, fingerprint, time) VALUES ?", rows.acts);
    await statements.runRows(
      "INSERT INTO reader_book (reader, book, shelf, rating, dismissed, time) VALUES ? ON DUPLICATE KEY UPDATE " +
        "shelf = VALUES(shelf), rating = VALUES(rating), dismissed = VALUES(dismissed), time = VALUES(time)",
      rows.pairs,
    );
    await statements.runRows("INSERT INTO erased_reader (reader, time) VALUES ?", rows.erased);
  }

  return {
    acts: {
      async expect(acts) {
        const readers = acts.flatMap(({ reader }) => reader ?? []);
        await lockKeys(statements, readers);
        await lookForBooks(acts.flatMap(({ book }) => book ?? []));
        await lookForErased(readers);
        await readPrints([...new Set(acts.flatMap(({ id }) => id ?? []))]);
        const listed = acts.flatMap(({ reader, book, listed }): [string, string][] =>
          listed && reader !== undefined && book !== undefined ? [[reader, book]] : []
        );
        await readPairs(listed);
      },
    },
    knownBooks: {
      async has(ids) {
        await books.flush();
        await lookForBooks(ids);
        return new Set(ids.filter((id) => known.get(id)));
      },
    },
    firstResults: {
      async of(query) {
        await books.flush();
        const ranked = await searchBooks(createBookSearch(statements), query);
        return { results: ranked.length, books: ranked.slice(0, 10).map(({ book }) => book.id) };
      },
    },
    actIds: {
      async note(id, fingerprint, now) {
        if (!prints.has(id)) await readPrints([id]);
        const before = prints.get(id);
        if (before !== undefined) return before === fingerprint ? "same" : "other";
        prints.set(id, fingerprint);
        fresh.acts.set(id, { fingerprint, now });
        return "new";
      },
      purge: (before, most) => run("DELETE FROM act_id WHERE time < ? ORDER BY time LIMIT ?", [before, most]),
    },
    readerBooks: {
      async get(reader, book) {
        if (!pairs.has(pairOf(reader, book))) await readPairs([[reader, book]]);
        return pairs.get(pairOf(reader, book));
      },
      put(row) {
        pairs.set(pairOf(row.reader, row.book), row);
        fresh.pairs.set(pairOf(row.reader, row.book), row);
        return Promise.resolve();
      },
      async removeReader(reader) {
        await flush();
        await run("DELETE FROM reader_book WHERE reader = ?", [reader]);
        for (const [pair, row] of pairs) if (row?.reader === reader) pairs.set(pair, undefined);
      },
    },
    erased: {
      async has(reader) {
        await lookForErased([reader]);
        return erased.get(reader) === true;
      },
      async add(reader, time) {
        await lookForErased([reader]);
        if (erased.get(reader) === true) return;
        erased.set(reader, true);
        fresh.erased.set(reader, time);
      },
    },
    flush,
  };

  function byKey([a]: [string, unknown], [b]: [string, unknown]): number {
    return a < b ? -1 : a > b ? 1 : 0;
  }
}

/** A reader's own list. */
export const createReaderList = ({ all, get }: Statements): ReaderList => ({
  async of(reader, limit) {
    const rows = await all(
      "SELECT * FROM reader_book WHERE reader = ? ORDER BY time DESC, book LIMIT ?",
      [reader, limit],
    );
    return rows.map(readerBookOf);
  },
  async about(reader, book) {
    const row = await get("SELECT * FROM reader_book WHERE reader = ? AND book = ?", [reader, book]);
    return row === undefined ? undefined : readerBookOf(row);
  },
});
