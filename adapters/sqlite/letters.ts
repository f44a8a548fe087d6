import { keyNameOf, LETTER_COLUMNS, letterFilter, letterOf, letterValues } from "@/adapters/sql/letter_row.ts";
import type { DeadLetters } from "@/application/messaging/consuming/ports.ts";
import type { DeadLetterDesk, DeadLetterReader } from "@/application/messaging/dead_letters/ports.ts";
import type { Statements } from "./connection.ts";

const INSERT = `INSERT INTO letter (${LETTER_COLUMNS.join(", ")}) VALUES (${LETTER_COLUMNS.map(() => "?").join(", ")})
  ON CONFLICT DO NOTHING`;

/** Dead letters over one transaction's statements. */
export const deadLetterStores = (
  { all, run }: Statements,
): { deadLetters: DeadLetters; deadLetterDesk: DeadLetterDesk } => ({
  deadLetters: {
    park(letter) {
      run(INSERT, ...letterValues(letter));
      return Promise.resolve();
    },
    blockedKeys({ consumer, version }, topic) {
      const rows = all(
        "SELECT DISTINCT key FROM letter WHERE consumer = ? AND version = ? AND status = 'parked' AND topic = ? AND ordered = 1",
        ...[consumer, version, topic],
      );
      return Promise.resolve(new Set(rows.map(keyNameOf)));
    },
    forget(topics, key) {
      for (const topic of topics) run("DELETE FROM letter WHERE topic = ? AND key = ?", topic, Uint8Array.fromHex(key));
      return Promise.resolve();
    },
  },
  deadLetterDesk: {
    hold(ids) {
      const sql = "SELECT id FROM letter WHERE status = 'parked' AND id IN (SELECT value FROM json_each(?))";
      return Promise.resolve(new Set(all(sql, JSON.stringify(ids)).map((row) => Number(row.id))));
    },
    settle(ids, how, at) {
      for (const id of ids) run("UPDATE letter SET status = ?, settled_at = ? WHERE id = ?", how, at, id);
      return Promise.resolve();
    },
    failedAgain(id, detail) {
      run("UPDATE letter SET detail = ?, attempts = attempts + 1 WHERE id = ?", detail, id);
      return Promise.resolve();
    },
    purge: (before, most) =>
      Promise.resolve(
        run("DELETE FROM letter WHERE id IN (SELECT id FROM letter WHERE settled_at < ? LIMIT ?)", before, most),
      ),
  },
});

export const createDeadLetterReader = ({ all, get }: Statements): DeadLetterReader => ({
  list(filter, after, limit) {
    const { sql, values } = letterFilter(filter, (name) => name);
    return Promise.resolve(
      all(`SELECT * FROM letter WHERE status = 'parked' AND id > ?${sql} ORDER BY id LIMIT ?`, after, ...values, limit)
        .map(letterOf),
    );
  },
  get(id) {
    const row = get("SELECT * FROM letter WHERE status = 'parked' AND id = ?", id);
    return Promise.resolve(row === undefined ? undefined : letterOf(row));
  },
  count: () => Promise.resolve(Number(get("SELECT COUNT(*) AS n FROM letter WHERE status = 'parked'")!.n)),
});
