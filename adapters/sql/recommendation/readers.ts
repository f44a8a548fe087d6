import { readPopular } from "./popular.ts";
import { textOf } from "@/adapters/sql/row.ts";
import { interactionOf, knownBookOf, neighbourListOf, readerSearchOf } from "./rows.ts";
import type { BookReader, Changed, ChangeMarkReader, InteractionReader } from "@/application/recommendation/ports.ts";
import { CATALOG_TOPICS } from "@/application/catalog/messages.ts";
import { RECOMMENDATION } from "@/application/recommendation/projection.ts";
import { allOf } from "@/adapters/sql/lists.ts";
import type { Statements } from "@/adapters/sql/statements.ts";

/** Reads interactions of one projection version. */
export const createInteractionReader = (statements: Statements, version: number): InteractionReader => ({
  async interactions(readers) {
    const sql = "SELECT reader, book, kind, stars, time FROM interaction WHERE version = ? AND reader IN (?)";
    return (await allOf(statements, sql, [version], readers)).map(interactionOf);
  },
  async searches(reader, limit) {
    const rows = await statements.all(
      "SELECT * FROM reader_search WHERE version = ? AND reader = ? ORDER BY time DESC, normal LIMIT ?",
      [version, reader, limit],
    );
    return rows.map(readerSearchOf);
  },
  async page(after, limit) {
    const last = await statements.get(
      "SELECT reader FROM interaction WHERE version = ? AND reader > ? ORDER BY reader LIMIT 1 OFFSET ?",
      [version, after, limit - 1],
    );
    const upTo = last === undefined ? "" : "AND reader <= ?";
    const rows = await statements.all(
      `SELECT * FROM interaction WHERE version = ? AND reader > ? ${upTo} ORDER BY reader, book, kind`,
      [version, after, ...(last === undefined ? [] : [String(last.reader)])],
    );
    return rows.map(interactionOf);
  },
  async count(most) {
    const sql = "SELECT COUNT(*) AS acts FROM (SELECT 1 FROM interaction WHERE version = ? LIMIT ?) AS some";
    return Number((await statements.get(sql, [version, most]))?.acts ?? 0);
  },
});

/** Reads books and neighbour lists of one projection version. */
export const createBookReader = (statements: Statements, version: number): BookReader => ({
  async state() {
    // Books change only with the consumer's position in the catalogue's events, or by a replay of a dead letter.
    const positions = await statements.all(
      "SELECT log_id, `partition`, next FROM consumer_position WHERE consumer = ? AND version = ? AND topic = ?",
      [RECOMMENDATION, version, CATALOG_TOPICS.events],
    );
    const letters = await statements.get(
      "SELECT COUNT(*) AS n, MAX(settled_at) AS last FROM letter WHERE consumer = ? AND version = ? AND status = 'replayed'",
      [RECOMMENDATION, version],
    );
    const lists = await statements.get("SELECT times FROM list_write WHERE version = ?", [version]);
    return { books: JSON.stringify([positions, letters]), lists: String(lists?.times ?? 0) };
  },
  async listsWritten(since, until) {
    const sql = "SELECT books FROM list_change WHERE version = ? AND times > ? AND times <= ?";
    const rows = await statements.all(sql, [version, Number(since), Number(until)]);
    // Old rows have been purged; an engine of an earlier release writes none.
    if (rows.length !== Number(until) - Number(since)) return undefined;
    return rows.flatMap((row) => JSON.parse(String(row.books)) as string[]);
  },
  async facts(ids) {
    const sql = "SELECT * FROM known_book WHERE version = ? AND removed = 0 AND id IN (?)";
    return (await allOf(statements, sql, [version], ids)).map((row) => {
      const { version: _version, removed: _removed, ...facts } = knownBookOf(row);
      return facts;
    });
  },
  async works(ids) {
    const sql = "SELECT id, work FROM known_book WHERE version = ? AND id IN (?) AND work IS NOT NULL";
    return (await allOf(statements, sql, [version], ids)).map(({ id, work }) => ({
      book: String(id),
      work: String(work),
    }));
  },
  async withFeatures(features, limit) {
    const sql =
      "SELECT feature, book FROM feature WHERE version = ? AND feature = ? ORDER BY popularity DESC, book LIMIT ?";
    const found = new Map(features.map((feature) => [feature, [] as string[]]));
    const rows = await statements.allEach(sql, features.map((feature) => [version, feature, limit]));
    for (const { feature, book } of rows) found.get(textOf(feature)!)!.push(String(book));
    return found;
  },
  async neighbours(books) {
    const sql = "SELECT * FROM neighbour_list WHERE version = ? AND book IN (?)";
    return (await allOf(statements, sql, [version], books)).map(neighbourListOf);
  },
  popular: (limit) => readPopular(statements, version, limit),
});

/** Reads the change marks of one projection version. A mark consists of its number and of how often it was set. */
export const createChangeMarkReader = ({ all }: Statements, version: number): ChangeMarkReader => ({
  async oldest(limit) {
    const sql = "SELECT kind, id, turn, times FROM change_mark WHERE version = ? ORDER BY late, turn LIMIT ?";
    const rows = await all(sql, [version, limit]);
    return rows.map((row) => ({
      kind: String(row.kind) as Changed["kind"],
      id: String(row.id),
      mark: `${row.turn}/${row.times}`,
    }));
  },
});
