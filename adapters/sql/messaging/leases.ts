import type { Fence, Leases } from "@/application/messaging/leases/ports.ts";
import { Fenced } from "@/application/faults.ts";
import type { Database } from "@/adapters/sql/database.ts";
import type { Statements } from "@/adapters/sql/statements.ts";

/** Creates the leases in a service's database. */
export const createLeases = ({ read, transaction }: Database): Leases => ({
  take: (owner, names, durationMs) =>
    transaction(async ({ dialect, all, run }) => {
      if (names.length === 0) return new Map();
      const { now, given, onConflict } = dialect;
      // Does not write another owner's leases: a write wakes those who wait for changes, who may be asking for the same lease.
      const held = await all(
        `SELECT name FROM lease WHERE name IN (?) AND owner <> ? AND until > ${now} AND until <= ${now} + ?`,
        [names, owner, durationMs],
      );
      const free = names.filter((name) => !held.some((row) => String(row.name) === name)).toSorted();
      if (free.length === 0) return new Map();
      // MySQL assigns from left to right, so `until` is assigned after `owner` has its new value.
      await run(
        `INSERT INTO lease (name, owner, until, epoch) VALUES ${free.map(() => `(?, ?, ${now} + ?, 1)`).join(", ")}
         ${onConflict}
           epoch = CASE WHEN owner <> ${given("owner")} AND until <= ${now} THEN epoch + 1 ELSE epoch END,
           owner = CASE WHEN until <= ${now} THEN ${given("owner")} ELSE owner END,
           until = CASE WHEN owner = ${given("owner")} OR until <= ${now} OR until > ${given("until")} THEN ${
          given("until")
        } ELSE until END`,
        free.flatMap((name) => [name, owner, durationMs]),
      );
      const rows = await all("SELECT name, epoch FROM lease WHERE name IN (?) AND owner = ?", [free, owner]);
      return new Map(rows.map((row) => [String(row.name), Number(row.epoch)]));
    }),
  release: (owner, names) =>
    transaction(async ({ run }) => {
      if (names.length === 0) return;
      // Keeps the row, as its epoch must never restart.
      const sql = "UPDATE lease SET owner = '', until = 0 WHERE name IN (?) AND owner = ?";
      await run(sql, [names.toSorted(), owner]);
    }),
  async owners(prefix, durationMs) {
    const { now } = read.dialect;
    const rows = await read.all(
      `SELECT name, owner FROM lease WHERE SUBSTR(name, 1, ?) = ? AND until > ${now} AND until <= ${now} + ?`,
      [prefix.length, prefix, durationMs],
    );
    return new Map(rows.map((row) => [String(row.name), String(row.owner)]));
  },
});

/** Creates the fence of a transaction, which checks that leases still have their owner. */
export const createFence = ({ dialect, all }: Statements): Fence => ({
  async check(epochs) {
    const names = [...epochs.keys()].sort();
    if (names.length === 0) return;
    const sql = `SELECT name, epoch FROM lease WHERE name IN (?) ORDER BY name ${dialect.forUpdate}`;
    const stored = new Map((await all(sql, [names])).map((row) => [String(row.name), Number(row.epoch)]));
    const lost = names.filter((name) => stored.get(name) !== epochs.get(name));
    if (lost.length > 0) throw new Fenced(`${lost.join(", ")} has another owner`);
  },
});
