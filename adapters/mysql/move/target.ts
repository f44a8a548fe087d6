import type { Row, TargetStore } from "@/application/moving/ports.ts";
import { type DatabaseDeps, openDatabase } from "@/adapters/mysql/database.ts";
import { PACKS_NOTE } from "@/adapters/sql/messaging/outbox_rows.ts";
import type { Statements } from "@/adapters/sql/statements.ts";
import { NOTE_EVERY_WEEK } from "@/adapters/mysql/vote_weeks.ts";
import { moveNotes } from "./notes.ts";

/** Tables that belong to the target itself and are not moved. */
const OWN = ["consumer_position", "key_lock", "late_vote", "lease", "move_note", "schema_version"];
/** The table of deployment settings. One of its rows belongs to the target itself. */
const NOTES = "deployment";
const MOVED_NOTES = `FROM ${NOTES} WHERE name <> '${PACKS_NOTE}'`;
const quoted = (name: string): string => "`" + name.replaceAll("`", "``") + "`";

/** Opens a service's database as the target of a move. Rejects when the server does not answer. */
export async function openMoveTarget(deps: DatabaseDeps): Promise<TargetStore & { close(): Promise<void> }> {
  const database = await openDatabase(deps);
  const { all, get } = database.read;

  async function tables(): Promise<string[]> {
    const rows = await all(
      "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name NOT IN (?) ORDER BY 1",
      [OWN],
    );
    return rows.map((row) => String(row.name));
  }

  return {
    notes: () => moveNotes(database.read),
    async counts() {
      const counts: Record<string, number> = {};
      for (const table of await tables()) {
        const rows = table === NOTES ? MOVED_NOTES : `FROM ${quoted(table)}`;
        counts[table] = Number((await get(`SELECT COUNT(*) AS n ${rows}`))!.n);
      }
      // A consumer that has joined but read nothing has stored no data.
      const read = await get("SELECT COUNT(*) AS n FROM consumer_position WHERE next IS NOT NULL");
      return { ...counts, consumer_position: Number(read!.n) };
    },
    put: (rows, notes) =>
      database.transaction(async (statements) => {
        if (rows !== undefined) await insert(statements, rows.table, rows.rows);
        if (rows?.table === "vote") await statements.run(NOTE_EVERY_WEEK);
        await statements.runRows(
          "INSERT INTO move_note (name, value) VALUES ? ON DUPLICATE KEY UPDATE value = VALUES(value)",
          Object.entries(notes),
        );
      }),
    async clear(notes) {
      // Each statement commits alone. The notes are removed last, so that an interrupted clear is repeated.
      for (const table of await tables()) {
        const remove = table === NOTES ? `DELETE ${MOVED_NOTES}` : `TRUNCATE TABLE ${quoted(table)}`;
        await database.transaction(({ run }) => run(remove));
      }
      await database.transaction(({ run }) => run("DELETE FROM move_note WHERE name LIKE CONCAT(?, '%')", [notes]));
    },
    close: database.close,
  };
}

async function insert({ runRows }: Statements, table: string, rows: Row[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {});
  if (columns.length === 0) return;
  const sql = `INSERT INTO ${quoted(table)} (${columns.map(quoted).join(", ")}) VALUES ?`;
  await runRows(sql, rows.map((row) => columns.map((name) => row[name] ?? null)));
}
