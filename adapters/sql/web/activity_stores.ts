import type { ReaderBook } from "@/domain/activity/reader_book.ts";
import type { ActIds, ActStores, ErasedReaders, ReaderBooks, ReaderList } from "@/application/activity/ports.ts";
import { replaceBy } from "@/adapters/sql/dialect.ts";
import { allByKey, allOf, inOrder } from "@/adapters/sql/lists.ts";
import type { Statements } from "@/adapters/sql/statements.ts";
import { type Flush, readOnce } from "./read_once.ts";
import { readerBookOf } from "./rows.ts";

/**
 * The activity module's stores over one transaction's statements. What is expected is read at once, and what is new is written
 * at once by `flush`. `books`: those of the same transaction, which must be known.
 */
export function activityStores(statements: Statements, books: Flush): Omit<ActStores, "firstResults"> & Flush {
  const known = readOnce(async (ids) => {
    const rows = await allOf(statements, "SELECT id FROM book WHERE id IN (?)", [], ids);
    return rows.map((row): [string, true] => [String(row.id), true]);
  });
  const [erased, actIds, readerBooks] = [
    createErasedReaders(statements),
    createActIds(statements),
    createReaderBooks(statements),
  ];
  return {
    acts: {
      async expect(acts) {
        const readers = acts.flatMap(({ reader }) => reader ?? []);
        await statements.dialect.lockKeys(statements, readers);
        await known.prefetch(acts.flatMap(({ book }) => book ?? []));
        await erased.prefetch(readers);
        await actIds.prefetch(acts.flatMap(({ id }) => id ?? []));
        await readerBooks.prefetch(
          acts.flatMap(({ reader, book, listed }) =>
            listed && reader !== undefined && book !== undefined ? [pairOf(reader, book)] : []
          ),
        );
      },
    },
    knownBooks: {
      async has(ids) {
        await books.flush();
        await known.prefetch(ids);
        const found = new Set<string>();
        for (const id of ids) if (await known.get(id)) found.add(id);
        return found;
      },
    },
    actIds,
    readerBooks,
    erased,
    async flush() {
      for (const one of [actIds, readerBooks, erased]) await one.flush();
    },
  };
}

type Prefetch = { prefetch(keys: string[]): Promise<void> };

function createActIds(statements: Statements): ActIds & Prefetch & Flush {
  const prints = readOnce(async (ids) => {
    const rows = await allOf(statements, "SELECT id, fingerprint FROM act_id WHERE id IN (?)", [], ids);
    return rows.map((row): [string, string] => [String(row.id), String(row.fingerprint)]);
  });
  const fresh: [id: string, fingerprint: string, time: number][] = [];
  return {
    prefetch: prints.prefetch,
    async note(id, fingerprint, now) {
      const before = await prints.get(id);
      if (before !== undefined) return before === fingerprint ? "same" : "other";
      prints.set(id, fingerprint);
      fresh.push([id, fingerprint, now]);
      return "new";
    },
    purge(before, most) {
      const old = { table: "act_id", key: ["id"], where: "time < ?", order: "time" };
      return statements.run(statements.dialect.deleteSome(old), [before, most]);
    },
    async flush() {
      await statements.runRows("INSERT INTO act_id (id, fingerprint, time) VALUES ?", inOrder(fresh.splice(0), 1));
    },
  };
}

const pairOf = (reader: string, book: string): string => JSON.stringify([reader, book]);

function createReaderBooks(statements: Statements): ReaderBooks & Prefetch & Flush {
  const { dialect, run, runRows } = statements;
  const pairs = readOnce<ReaderBook>(async (wanted) => {
    const keys = wanted.map((pair): string[] => JSON.parse(pair));
    const rows = await allByKey(statements, "reader_book", ["reader", "book"], keys);
    return rows.map(readerBookOf).map((row) => [pairOf(row.reader, row.book), row]);
  });
  const fresh = new Map<string, ReaderBook>();
  async function flush(): Promise<void> {
    const rows = [...fresh.values()].map(({ reader, book, shelf, rating, dismissed, time }) => [
      reader,
      book,
      shelf ?? null,
      rating ?? null,
      dismissed ? 1 : 0,
      time,
    ]);
    fresh.clear();
    const replaced = replaceBy(dialect, ["shelf", "rating", "dismissed", "time"]);
    const sql = `INSERT INTO reader_book (reader, book, shelf, rating, dismissed, time) VALUES ? ${replaced}`;
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
      await run("DELETE FROM reader_book WHERE reader = ?", [reader]);
      for (const [pair, row] of pairs.entries()) if (row?.reader === reader) pairs.set(pair, undefined);
    },
    async removeBook(book) {
      await flush();
      for (const [pair, row] of pairs.entries()) if (row?.book === book) pairs.set(pair, undefined);
      return await run("DELETE FROM reader_book WHERE book = ?", [book]);
    },
    flush,
  };
}

function createErasedReaders(statements: Statements): ErasedReaders & Prefetch & Flush {
  const marks = readOnce(async (readers) => {
    const rows = await allOf(statements, "SELECT reader FROM erased_reader WHERE reader IN (?)", [], readers);
    return rows.map((row): [string, true] => [String(row.reader), true]);
  });
  const fresh: [reader: string, time: number][] = [];
  const has = async (reader: string) => await marks.get(reader) === true;
  return {
    prefetch: marks.prefetch,
    has,
    async add(reader, time) {
      if (await has(reader)) return;
      marks.set(reader, true);
      fresh.push([reader, time]);
    },
    async flush() {
      await statements.runRows("INSERT INTO erased_reader (reader, time) VALUES ?", inOrder(fresh.splice(0), 1));
    },
  };
}

/** A reader's own list. */
export const createReaderList = ({ all, get }: Statements): ReaderList => ({
  async of(reader, limit) {
    const sql = "SELECT * FROM reader_book WHERE reader = ? ORDER BY time DESC, book LIMIT ?";
    return (await all(sql, [reader, limit])).map(readerBookOf);
  },
  async about(reader, book) {
    const row = await get("SELECT * FROM reader_book WHERE reader = ? AND book = ?", [reader, book]);
    return row === undefined ? undefined : readerBookOf(row);
  },
});
