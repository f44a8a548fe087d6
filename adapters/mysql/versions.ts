import { Fenced } from "@/application/faults.ts";
import type { Live, Versions } from "@/application/messaging/rebuild/ports.ts";
import type { VersionTable } from "@/adapters/sql/pages.ts";
import type { Statements, Value } from "./connection.ts";

/** Versions of a consumer's projection, which has these tables, over a transaction's statements. */
export const createVersions = (
  { get, run }: Statements,
  consumer: string,
  tables: VersionTable[],
): Versions => ({
  async begin() {
    await run(
      "INSERT INTO projection (consumer, live, since, attempt) VALUES (?, 1, 0, 1) ON DUPLICATE KEY UPDATE attempt = attempt + 1",
      consumer,
    );
    const row = (await get("SELECT live, attempt FROM projection WHERE consumer = ?", consumer))!;
    return { live: Number(row.live), attempt: Number(row.attempt) };
  },
  async hold(attempt) {
    const row = await get("SELECT attempt FROM projection WHERE consumer = ? FOR UPDATE", consumer);
    if (Number(row?.attempt) === attempt) return;
    throw new Fenced(`another rebuild of ${consumer} has begun, or this one has ended`);
  },
  async switchTo(version, at) {
    const sql = "UPDATE projection SET live = ?, since = ?, attempt = attempt + 1 WHERE consumer = ?";
    await run(sql, version, at, consumer);
    return await run(
      "UPDATE letter SET status = 'discarded', settled_at = ? WHERE consumer = ? AND version < ? AND status = 'parked'",
      ...[at, consumer, version],
    );
  },
  async clear(of, most) {
    const [which, bound] = "below" in of ? ["version < ?", of.below] : ["version > ?", of.above];
    let removed = 0;
    const remove = async (table: string, where: string, ...values: Value[]) => {
      if (removed < most) {
        removed += await run(`DELETE FROM ${table} WHERE ${where} LIMIT ?`, ...values, most - removed);
      }
    };
    await remove("consumer_position", `consumer = ? AND ${which}`, consumer, bound);
    for (const { name } of tables) await remove(name, which, bound);
    await remove("letter", `consumer = ? AND ${which}`, consumer, bound);
    return removed;
  },
});

/** Asks for the version that readers see. */
export const createLive = ({ get }: Statements, consumer: string) => async (): Promise<Live> => {
  const row = await get("SELECT live, since FROM projection WHERE consumer = ?", consumer);
  return { version: Number(row?.live ?? 1), since: Number(row?.since ?? 0) };
};
