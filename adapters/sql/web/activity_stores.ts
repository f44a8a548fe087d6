import type { ActIds, ActStores, ErasedReaders } from "@/application/activity/ports.ts";
import { allOf, inOrder } from "@/adapters/sql/lists.ts";
import type { Statements } from "@/adapters/sql/statements.ts";
import { type Flush, type Prefetch, readOnce } from "./read_once.ts";
import { createReaderBooks, pairOf } from "./reader_books.ts";

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
      async lockAndPrefetch(acts) {
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
