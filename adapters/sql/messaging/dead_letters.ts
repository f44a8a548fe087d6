import type { DeadLetters } from "@/application/messaging/consuming/ports.ts";
import type { DeadLetterClosing, DeadLetterReader } from "@/application/messaging/dead_letters/ports.ts";
import { keyName } from "@/application/messaging/wire/key_name.ts";
import { allOf, namedRows } from "@/adapters/sql/lists.ts";
import type { Statements } from "@/adapters/sql/statements.ts";
import { conditionsOf, deadLetterOf, keyNameOf, rowOf } from "./dead_letter_row.ts";

/** Creates the dead letters of a consumer's transaction. */
export const createDeadLetters = (statements: Statements): DeadLetters => {
  const { dialect, all, run, runRows } = statements;
  return {
    async park(deadLetter) {
      const { columns, values } = rowOf(deadLetter);
      await runRows(`INSERT INTO letter (${columns}) VALUES ? ${dialect.ignore("id")}`, [values]);
    },
    async wasParked({ consumer, logId, topic, partition, position }) {
      const rows = await all(
        `SELECT id FROM letter WHERE consumer = ? AND log_id = ? AND topic = ? AND \`partition\` = ? AND position = ?
           AND reason = 'undecodable' LIMIT 1`,
        [consumer, logId, topic, partition, position],
      );
      return rows.length > 0;
    },
    async blockedKeys({ consumer, version }, topic) {
      const ids = await all(
        "SELECT id FROM letter WHERE consumer = ? AND version = ? AND status = 'parked' AND topic = ? AND ordered = 1 ORDER BY id",
        [consumer, version, topic],
      );
      // Waits for an operator's transaction that replays or discards one of the rows, so that no message is parked behind a dead
      // letter that is being closed. Reads by the primary key, as locks on other index entries could deadlock with that transaction.
      const sql = `SELECT \`key\` FROM letter ${
        dialect.byIndex("PRIMARY")
      } WHERE status = 'parked' AND id IN (?) ORDER BY id ${dialect.forShare}`;
      return new Set((await allOf(statements, sql, [], ids.map(({ id }) => Number(id)))).map(keyNameOf));
    },
    async forget(topics, key) {
      if (topics.length === 0) return;
      await run("DELETE FROM letter WHERE topic IN (?) AND `key` = ?", [topics, Uint8Array.fromHex(key)]);
    },
  };
};

/** Creates the dead letters of an operator's transaction. */
export const createDeadLetterClosing = (statements: Statements): DeadLetterClosing => {
  const { dialect, all, run } = statements;
  return {
    async lock(ids) {
      const letter = `letter ${dialect.byIndex("PRIMARY")}`;
      const sql = `SELECT id FROM ${letter} WHERE status = 'parked' AND id IN (?) ORDER BY id ${dialect.forUpdate}`;
      return new Set((await allOf(statements, sql, [], ids)).map((row) => Number(row.id)));
    },
    async parkedBehind(locked, limit) {
      const [{ consumer, version, message: { topic } }, last] = [locked[0]!, locked.at(-1)!];
      const keys = new Map(
        locked.filter(({ ordered }) => ordered).map(({ message: { key } }) => [keyName(key!), key!]),
      );
      if (keys.size === 0) return [];
      const rows = await all(
        `SELECT * FROM letter WHERE consumer = ? AND version = ? AND status = 'parked' AND topic = ? AND ordered = 1
           AND id > ? AND (${namedRows(["\`key\`"], keys.size)}) ORDER BY id LIMIT ?`,
        [consumer, version, topic, last.id, ...keys.values(), limit],
      );
      return rows.map(deadLetterOf);
    },
    async close(ids, how, at) {
      if (ids.length > 0) await run("UPDATE letter SET status = ?, settled_at = ? WHERE id IN (?)", [how, at, ids]);
    },
    async recordFailure(id, detail) {
      await run("UPDATE letter SET detail = ?, attempts = attempts + 1 WHERE id = ?", [detail, id]);
    },
    purge(before, most) {
      const where = "status IN ('replayed', 'discarded') AND settled_at < ?";
      return run(dialect.deleteSome({ table: "letter", key: ["id"], where }), [before, most]);
    },
  };
};

/** Creates the operator's reader of dead letters, outside of any transaction. */
export const createDeadLetterReader = ({ all, get }: Statements): DeadLetterReader => ({
  async list(filter, after, limit) {
    const { sql, values } = conditionsOf(filter);
    const rows = await all(
      `SELECT * FROM letter WHERE status = 'parked' AND id > ?${sql} ORDER BY id LIMIT ?`,
      [after, ...values, limit],
    );
    return rows.map(deadLetterOf);
  },
  async get(id) {
    const row = await get("SELECT * FROM letter WHERE status = 'parked' AND id = ?", [id]);
    return row === undefined ? undefined : deadLetterOf(row);
  },
  count: async () => Number((await get("SELECT COUNT(*) AS n FROM letter WHERE status = 'parked'"))!.n),
});
