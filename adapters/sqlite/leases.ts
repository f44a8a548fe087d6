import type { Leases } from "@/application/messaging/ports.ts";
import type { Database } from "./database.ts";

/** Leases kept in a service's store. */
export function createLeases(database: Database): Leases {
  return {
    take: (name, owner, now, until) =>
      database.transaction(({ run }) =>
        Promise.resolve(
          run(
            `INSERT INTO lease (name, owner, until) VALUES (?, ?, ?)
             ON CONFLICT DO UPDATE SET owner = excluded.owner, until = excluded.until WHERE owner = excluded.owner OR until <= ?`,
            name,
            owner,
            until,
            now,
          ) > 0,
        )
      ),
    release: (name, owner) =>
      database.transaction(({ run }) => {
        run("DELETE FROM lease WHERE name = ? AND owner = ?", name, owner);
        return Promise.resolve();
      }),
  };
}
