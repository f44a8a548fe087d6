import { keyNameOf, LETTER_COLUMNS, letterFilter, letterOf, letterValues } from "@/adapters/sql/letter_row.ts";
import type { DeadLetters } from "@/application/messaging/consuming/ports.ts";
import type { DeadLetterDesk, DeadLetterReader } from "@/application/messaging/dead_letters/ports.ts";
import { allOf, type Statements } from "./connection.ts";

const quoted = (name: string): string => `\`${name}\``;
const INSERT = `INSERT INTO letter (${LETTER_COLUMNS.map(quoted).join(", ")}) VALUES ? ON DUPLICATE KEY UPDATE id = id`;

/** Dead letters over one transaction's statements. */
export const deadLetterStores = (
  statements: Statements,
): { deadLetters: DeadLetters; deadLetterDesk: DeadLetterDesk } => {
  const { all, run } = statements;
  return {
    deadLetters: {
      async park(letter) {
        await run(INSERT, [letterValues(letter)]);
      },
      async blockedKeys({ consumer, version }, topic) {
        const held = await all(
          "SELECT id FROM letter WHERE consumer = ? AND version = ? AND status = 'parked' AND topic = ? AND ordered = 1 ORDER BY id",
          ...[consumer, version, topic],
        );
        // Waits for whoever is settling one of them, so that nothing is set aside behind a letter that is about to go. Only the rows
        // are locked, not their places in the index that lists them: whoever settles one has its row and will change its place.
        const sql =
          "SELECT `key` FROM letter FORCE INDEX (PRIMARY) WHERE status = 'parked' AND id IN (?) ORDER BY id LOCK IN SHARE MODE";
        return new Set((await allOf(statements, sql, [], held.map(({ id }) => Number(id)))).map(keyNameOf));
      },
      async forget(topics, key) {
        if (topics.length === 0) return;
        await run("DELETE FROM letter WHERE topic IN (?) AND `key` = ?", topics, Uint8Array.fromHex(key));
      },
    },
    deadLetterDesk: {
      async hold(ids) {
        const sql = "SELECT id FROM letter WHERE status = 'parked' AND id IN (?) ORDER BY id FOR UPDATE";
        return new Set((await allOf(statements, sql, [], ids)).map((row) => Number(row.id)));
      },
      async settle(ids, how, at) {
        if (ids.length > 0) await run("UPDATE letter SET status = ?, settled_at = ? WHERE id IN (?)", how, at, ids);
      },
      async failedAgain(id, detail) {
        await run("UPDATE letter SET detail = ?, attempts = attempts + 1 WHERE id = ?", detail, id);
      },
      purge: (before, most) =>
        run("DELETE FROM letter WHERE status IN ('replayed', 'discarded') AND settled_at < ? LIMIT ?", before, most),
    },
  };
};

export const createDeadLetterReader = ({ all, get }: Statements): DeadLetterReader => ({
  async list(filter, after, limit) {
    const { sql, values } = letterFilter(filter, quoted);
    const rows = await all(
      `SELECT * FROM letter WHERE status = 'parked' AND id > ?${sql} ORDER BY id LIMIT ?`,
      ...[after, ...values, limit],
    );
    return rows.map(letterOf);
  },
  async get(id) {
    const row = await get("SELECT * FROM letter WHERE status = 'parked' AND id = ?", id);
    return row === undefined ? undefined : letterOf(row);
  },
  count: async () => Number((await get("SELECT COUNT(*) AS n FROM letter WHERE status = 'parked'"))!.n),
});
