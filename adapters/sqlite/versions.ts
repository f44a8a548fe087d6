import { Fenced } from "@/application/faults.ts";
import type { Live, Versions } from "@/application/messaging/rebuild/ports.ts";
import type { VersionTable } from "@/adapters/sql/pages.ts";
import type { Statements } from "./connection.ts";

/** Versions of a consumer's projection, which has these tables, over a transaction's statements. */
export const createVersions = (
  { get, run }: Statements,
  consumer: string,
  tables: VersionTable[],
): Versions => ({
  begin() {
    run(
      `INSERT INTO projection (consumer, live, since, attempt) VALUES (?, 1, 0, 1)
       ON CONFLICT DO UPDATE SET attempt = attempt + 1`,
      consumer,
    );
    const row = get("SELECT live, attempt FROM projection WHERE consumer = ?", consumer)!;
    return Promise.resolve({ live: Number(row.live), attempt: Number(row.attempt) });
  },
  hold(attempt) {
    const row = get("SELECT attempt FROM projection WHERE consumer = ?", consumer);
    if (Number(row?.attempt) === attempt) return Promise.resolve();
    return Promise.reject(new Fenced(`another rebuild of ${consumer} has begun, or this one has ended`));
  },
  switchTo(version, at) {
    run("UPDATE projection SET live = ?, since = ?, attempt = attempt + 1 WHERE consumer = ?", version, at, consumer);
    const discarded = run(
      "UPDATE letter SET status = 'discarded', settled_at = ? WHERE consumer = ? AND version < ? AND status = 'parked'",
      ...[at, consumer, version],
    );
    return Promise.resolve(discarded);
  },
  clear(of, most) {
    const [which, bound] = "below" in of ? ["version < ?", of.below] : ["version > ?", of.above];
    const own = { sql: `consumer = ? AND ${which}`, values: [consumer, bound] };
    let removed = 0;
    const remove = (table: string, key: string, { sql, values }: typeof own) => {
      if (removed >= most) return;
      const some = `SELECT ${key} FROM ${table} WHERE ${sql} LIMIT ?`;
      removed += run(`DELETE FROM ${table} WHERE (${key}) IN (${some})`, ...values, most - removed);
    };
    remove("position", "consumer, version, log_id, topic, partition", own);
    for (const { name, key } of tables) {
      remove(name, ["version", ...key].join(", "), { sql: which, values: [bound] });
    }
    remove("letter", "id", own);
    return Promise.resolve(removed);
  },
});

/** Asks for the version that readers see. */
export const createLive = ({ get }: Statements, consumer: string) => (): Promise<Live> => {
  const row = get("SELECT live, since FROM projection WHERE consumer = ?", consumer);
  return Promise.resolve({ version: Number(row?.live ?? 1), since: Number(row?.since ?? 0) });
};
