import { Fenced } from "@/application/faults.ts";
import type { Live, Versions } from "@/application/messaging/rebuild/ports.ts";
import { quoted } from "@/adapters/sql/keyset.ts";
import type { Statements, Value } from "@/adapters/sql/statements.ts";
import type { VersionTable } from "@/adapters/sql/tables.ts";

/** Creates the versions of a consumer's projection in a transaction. `tables`: those of the projection. */
export const createVersions = (
  { dialect, get, run }: Statements,
  consumer: string,
  tables: VersionTable[],
): Versions => ({
  async begin() {
    const sql = "INSERT INTO projection (consumer, live, since, attempt) VALUES (?, 1, 0, 1)";
    await run(`${sql} ${dialect.onConflict} attempt = attempt + 1`, [consumer]);
    const row = (await get("SELECT live, attempt FROM projection WHERE consumer = ?", [consumer]))!;
    return { live: Number(row.live), attempt: Number(row.attempt) };
  },
  async lockAttempt(attempt) {
    const row = await get(`SELECT attempt FROM projection WHERE consumer = ? ${dialect.forUpdate}`, [consumer]);
    if (Number(row?.attempt) === attempt) return;
    throw new Fenced(`another rebuild of ${consumer} has begun, or this one has ended`);
  },
  async switchTo(version, at) {
    const sql = "UPDATE projection SET live = ?, since = ?, attempt = attempt + 1 WHERE consumer = ?";
    await run(sql, [version, at, consumer]);
    return await run(
      "UPDATE letter SET status = 'discarded', settled_at = ? WHERE consumer = ? AND version < ? AND status = 'parked'",
      [at, consumer, version],
    );
  },
  async clear(of, most) {
    const [which, bound] = "below" in of ? ["version < ?", of.below] : ["version > ?", of.above];
    const own = `consumer = ? AND ${which}`;
    let removed = 0;
    const remove = async (table: string, key: string[], where: string, values: Value[]) => {
      if (removed >= most) return;
      removed += await run(dialect.deleteSome({ table, key: key.map(quoted), where }), [...values, most - removed]);
    };
    const position = ["consumer", "version", "log_id", "topic", "partition"];
    await remove("consumer_position", position, own, [consumer, bound]);
    for (const { name, key } of tables) await remove(name, ["version", ...key], which, [bound]);
    await remove("letter", ["id"], own, [consumer, bound]);
    return removed;
  },
});

/** Creates a function that reads the live version of a projection. */
export const createLive = ({ get }: Statements, consumer: string) => async (): Promise<Live> => {
  const row = await get("SELECT live, since FROM projection WHERE consumer = ?", [consumer]);
  return { version: Number(row?.live ?? 1), since: Number(row?.since ?? 0) };
};
