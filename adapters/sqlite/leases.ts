import type { Clock } from "@/application/ports.ts";
import type { Fence, Leases } from "@/application/messaging/leases/ports.ts";
import { Fenced } from "@/application/faults.ts";
import type { Statements } from "./connection.ts";
import type { Database } from "./database.ts";

/** Leases kept in a service's store, whose processes share the machine's clock. */
export function createLeases(database: Database, clock: Clock): Leases {
  return {
    take: (owner, names, duration) =>
      database.transaction(({ get, run }) => {
        const now = clock.now();
        const taken = new Map<string, number>();
        for (const name of names) {
          run(
            `INSERT INTO lease (name, owner, until, epoch) VALUES (?, ?, ?, 1)
             ON CONFLICT DO UPDATE SET owner = excluded.owner, until = excluded.until,
               epoch = epoch + (owner <> excluded.owner) WHERE owner = excluded.owner OR until <= ?`,
            ...[name, owner, now + duration, now],
          );
          const row = get("SELECT epoch FROM lease WHERE name = ? AND owner = ?", name, owner);
          if (row !== undefined) taken.set(name, Number(row.epoch));
        }
        return Promise.resolve(taken);
      }),
    release: (owner, names) =>
      database.transaction(({ run }) => {
        // The row stays, as its epoch goes on.
        for (const name of names) {
          run("UPDATE lease SET owner = '', until = 0 WHERE name = ? AND owner = ?", name, owner);
        }
        return Promise.resolve();
      }),
    held: (prefix) =>
      Promise.resolve().then(() => {
        const rows = database.read.all(
          "SELECT name, owner FROM lease WHERE substr(name, 1, ?) = ? AND until > ?",
          ...[prefix.length, prefix, clock.now()],
        );
        return new Map(rows.map((row) => [String(row.name), String(row.owner)]));
      }),
  };
}

/** What an owner still holds, over one transaction's statements. */
export const createFence = ({ get }: Statements): Fence => ({
  check(epochs) {
    const lost = [...epochs].filter(([name, epoch]) =>
      Number(get("SELECT epoch FROM lease WHERE name = ?", name)?.epoch) !== epoch
    );
    if (lost.length > 0) throw new Fenced(`${lost.map(([name]) => name).join(", ")} has another owner`);
    return Promise.resolve();
  },
});
