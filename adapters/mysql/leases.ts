import type { Leases } from "@/application/messaging/ports.ts";
import type { Database } from "./database.ts";

/** Leases kept in a service's database. */
export function createLeases(database: Database): Leases {
  return {
    take: (name, owner, now, until) =>
      database.transaction(async ({ get, run }) => {
        // Assigned from left to right: the second sees the owner that the first has settled.
        await run(
          `INSERT INTO lease (name, owner, until) VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE
             owner = IF(owner = VALUES(owner) OR until <= ?, VALUES(owner), owner),
             until = IF(owner = VALUES(owner), VALUES(until), until)`,
          ...[name, owner, until, now],
        );
        return String((await get("SELECT owner FROM lease WHERE name = ?", name))!.owner) === owner;
      }),
    release: (name, owner) =>
      database.transaction(async ({ run }) => {
        await run("DELETE FROM lease WHERE name = ? AND owner = ?", name, owner);
      }),
  };
}
