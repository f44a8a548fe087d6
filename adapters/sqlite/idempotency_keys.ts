import { claimedBy } from "@/adapters/sql/idempotency_row.ts";
import type { IdempotencyKeys } from "@/application/messaging/commands/ports.ts";
import type { Statements } from "./connection.ts";

export const IDEMPOTENCY_SCHEMA = `
  CREATE TABLE idempotency_key (
    key TEXT PRIMARY KEY, request TEXT NOT NULL, owner TEXT NOT NULL, until INTEGER NOT NULL, taken INTEGER NOT NULL, answer TEXT
  );
  CREATE INDEX idempotency_key_taken ON idempotency_key (taken);
`;

/** Keys of requests with their answers, inside a transaction. */
export const createIdempotencyKeys = ({ get, run }: Statements): IdempotencyKeys => ({
  take(claim) {
    const claimed = claimedBy(get("SELECT * FROM idempotency_key WHERE key = ?", claim.key), claim);
    if (claimed !== undefined) return Promise.resolve(claimed);
    const { key, request, owner, until, now } = claim;
    run(
      "INSERT OR REPLACE INTO idempotency_key (key, request, owner, until, taken, answer) VALUES (?, ?, ?, ?, ?, NULL)",
      ...[key, request, owner, until, now],
    );
    return Promise.resolve({ kind: "taken" });
  },
  keep(key, owner, answer) {
    const kept = run(
      "UPDATE idempotency_key SET answer = ? WHERE key = ? AND owner = ? AND answer IS NULL",
      ...[JSON.stringify(answer), key, owner],
    );
    return Promise.resolve(kept > 0);
  },
  release(key, owner) {
    run("DELETE FROM idempotency_key WHERE key = ? AND owner = ? AND answer IS NULL", key, owner);
    return Promise.resolve();
  },
  purge: (before, most) =>
    Promise.resolve(
      run(
        "DELETE FROM idempotency_key WHERE key IN (SELECT key FROM idempotency_key WHERE taken < ? ORDER BY taken LIMIT ?)",
        ...[before, most],
      ),
    ),
});
