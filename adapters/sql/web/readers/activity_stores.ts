import type { ActIds, ActStores, ErasedReaders } from "@/application/activity/ports.ts";
import { allOf, inOrder } from "@/adapters/sql/lists.ts";
import type { Statements } from "@/adapters/sql/statements.ts";
import { createEphemeralMarks } from "@/adapters/sql/messaging/erased_marks.ts";
import { createPopularity } from "@/adapters/sql/web/popularity.ts";
import { type Flush, type Prefetch, readOnce } from "@/adapters/sql/web/read_once.ts";
import { createReaderBooks, pairOf } from "./reader_books.ts";

/**
 * The activity module's stores inside a transaction. `acts` prefetches the rows that a batch needs, and `flush` writes the new rows,
 * both in few statements. `books`: the books of the same transaction, flushed before `knownBooks` reads.
 */
export function activityStores(statements: Statements, books: Flush): Omit<ActStores, "firstResults"> & Flush {
  const known = readOnce(async (ids) => {
    const rows = await allOf(statements, "SELECT id FROM book WHERE id IN (?)", [], ids);
    return rows.map((row): [string, true] => [String(row.id), true]);
  });
  const erased = createErasedReaders(statements);
  const actIds = createActIds(statements);
  const readerBooks = createReaderBooks(statements);
  const popularity = createPopularity(statements);
  return {
    acts: {
      async lockAndPrefetch(acts) {
        const readers = acts.flatMap(({ reader }) => reader ?? []);
        const books = acts.flatMap(({ book, locksBook }) => locksBook === true ? book ?? [] : []);
        const shared = acts.every(({ unordered }) => unordered === true);
        await statements.dialect.lockKeys(statements, [...readers, ...books], { shared });
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
    popularity,
    erased,
    async flush() {
      await actIds.flush();
      await readerBooks.flush();
      await popularity.flush();
    },
  };
}

function createActIds(statements: Statements): ActIds & Prefetch & Flush {
  const fingerprints = readOnce(async (ids) => {
    const rows = await allOf(statements, "SELECT id, fingerprint FROM act_id WHERE id IN (?)", [], ids);
    return rows.map((row): [string, string] => [String(row.id), String(row.fingerprint)]);
  });
  const fresh: [id: string, fingerprint: string, time: number][] = [];
  return {
    prefetch: fingerprints.prefetch,
    async note(id, fingerprint, now) {
      const before = await fingerprints.get(id);
      if (before !== undefined) return before === fingerprint ? "same" : "other";
      fingerprints.set(id, fingerprint);
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

/** Writes marks of erased readers without buffering, because erasures are rare. */
function createErasedReaders(statements: Statements): ErasedReaders & Prefetch {
  const marks = readOnce(async (readers) => {
    const rows = await allOf(statements, "SELECT reader FROM erased_reader WHERE reader IN (?)", [], readers);
    return rows.map((row): [string, true] => [String(row.reader), true]);
  });
  const stored = createEphemeralMarks(statements);
  return {
    ...stored,
    prefetch: marks.prefetch,
    has: async (reader) => await marks.get(reader) === true,
    async add(reader, time) {
      await stored.add(reader, time);
      marks.set(reader, true);
    },
  };
}
