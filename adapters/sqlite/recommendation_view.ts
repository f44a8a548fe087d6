import type { BookReader, Changed, ChangeMarkReader, InteractionReader } from "@/application/recommendation/ports.ts";
import type { SyncStatements as Statements } from "./connection.ts";
import { interactionOf, knownBookOf, neighbourListOf, readerSearchOf } from "@/adapters/sql/recommendation_rows.ts";

/** What readers did, of one projection version. */
export const createInteractionReader = ({ all }: Statements, version: number): InteractionReader => ({
  interactions: (readers) =>
    Promise.resolve(
      all(
        "SELECT * FROM interaction WHERE version = ? AND reader IN (SELECT value FROM json_each(?))",
        ...[version, JSON.stringify(readers)],
      ).map(interactionOf),
    ),
  searches: (reader, limit) =>
    Promise.resolve(
      all(
        "SELECT * FROM reader_search WHERE version = ? AND reader = ? ORDER BY time DESC, normal LIMIT ?",
        version,
        reader,
        limit,
      ).map(readerSearchOf),
    ),
  page(after, limit) {
    const last = all(
      "SELECT reader FROM interaction WHERE version = ? AND reader > ? ORDER BY reader LIMIT 1 OFFSET ?",
      ...[version, after, limit - 1],
    )[0]?.reader;
    const upTo = last === undefined ? "" : "AND reader <= ?";
    const rows = all(
      `SELECT * FROM interaction WHERE version = ? AND reader > ? ${upTo} ORDER BY reader, book, kind`,
      ...[version, after, ...(last === undefined ? [] : [last])],
    );
    return Promise.resolve(rows.map(interactionOf));
  },
});

/** What lists are made of, of one projection version. */
export const createBookReader = ({ all }: Statements, version: number): BookReader => ({
  facts(ids) {
    const rows = all(
      "SELECT * FROM known_book WHERE version = ? AND removed = 0 AND id IN (SELECT value FROM json_each(?))",
      version,
      JSON.stringify(ids),
    );
    return Promise.resolve(rows.map((row) => {
      const { version: _version, removed: _removed, ...facts } = knownBookOf(row);
      return facts;
    }));
  },
  withFeatures(features, limit) {
    const books = features.flatMap((feature) =>
      all(
        "SELECT book FROM feature WHERE version = ? AND feature = ? ORDER BY popularity DESC, book LIMIT ?",
        version,
        feature,
        limit,
      )
    );
    return Promise.resolve([...new Set(books.map((row) => String(row.book)))]);
  },
  neighbours(books) {
    const rows = all(
      "SELECT * FROM neighbour_list WHERE version = ? AND book IN (SELECT value FROM json_each(?))",
      version,
      JSON.stringify(books),
    );
    return Promise.resolve(rows.map(neighbourListOf));
  },
  popular: (limit) =>
    Promise.resolve(
      all(
        "SELECT id, readers FROM known_book WHERE version = ? AND removed = 0 ORDER BY readers DESC, popularity DESC, id LIMIT ?",
        version,
        limit,
      ).map((row) => ({ book: String(row.id), readers: Number(row.readers) })),
    ),
});

/** What the engine has to look at, of one projection version. */
export const createChangeMarkReader = ({ all }: Statements, version: number): ChangeMarkReader => ({
  oldest(limit) {
    const rows = all(
      "SELECT * FROM change_mark WHERE version = ? ORDER BY kind = 'list', mark LIMIT ?",
      ...[version, limit],
    );
    return Promise.resolve(
      rows.map((row) => ({ kind: row.kind as Changed["kind"], id: String(row.id), mark: String(row.mark) })),
    );
  },
});
