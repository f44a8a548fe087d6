import type { Fence, Leases } from "@/application/messaging/leases/ports.ts";
import { Fenced } from "@/application/faults.ts";
import type { Statements } from "./connection.ts";
import type { Database } from "./database.ts";
import { NOW } from "./messaging_schema.ts";

/** Leases kept in a service's database. */
export function createLeases(database: Database): Leases {
  return {
    take: (owner, names, duration) =>
      database.transaction(async ({ all, run }) => {
        // Assigned from left to right: each sees what those before it have settled.
        await run(
          `INSERT INTO lease (name, owner, until, epoch) VALUES ${names.map(() => `(?, ?, ${NOW} + ?, 1)`).join(", ")}
           ON DUPLICATE KEY UPDATE
             epoch = IF(owner <> VALUES(owner) AND until <= ${NOW}, epoch + 1, epoch),
             owner = IF(until <= ${NOW}, VALUES(owner), owner),
             until = IF(owner = VALUES(owner), VALUES(until), until)`,
          ...names.toSorted().flatMap((name) => [name, owner, duration]),
        );
        const rows = await all("SELECT name, epoch FROM lease WHERE name IN (?) AND owner = ?", names, owner);
        return new Map(rows.map((row) => [String(row.name), Number(row.epoch)]));
      }),
    release: (owner, names) =>
      database.transaction(async ({ run }) => {
        // The row stays, as its epoch goes on.
        if (names.length > 0) {
          await run("UPDATE lease SET owner = '', until = 0 WHERE name IN (?) AND owner = ?", names.toSorted(), owner);
        }
      }),
    held: async (prefix) => {
      const rows = await database.read.all(
        `SELECT name, owner FROM lease WHERE LEFT(name, ?) = ? AND until > ${NOW}`,
        ...[prefix.length, prefix],
      );
      return new Map(rows.map((row) => [String(row.name), String(row.owner)]));
    },
  };
}

/** What an owner still holds, over one transaction's statements. */
export const createFence = ({ all }: Statements): Fence => ({
  async check(epochs) {
    const names = [...epochs.keys()].sort();
    if (names.length === 0) return;
    const rows = await all("SELECT name, epoch FROM lease WHERE name IN (?) ORDER BY name FOR UPDATE", names);
    const stored = new Map(rows.map((row) => [String(row.name), Number(row.epoch)]));
    const lost = names.filter((name) => stored.get(name) !== epochs.get(name));
    if (lost.length > 0) throw new Fenced(`${lost.join(", ")} has another owner`);
  },
});
