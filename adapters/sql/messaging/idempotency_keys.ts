import type { IdempotencyKeys } from "@/application/messaging/commands/ports.ts";
import type { Statements } from "@/adapters/sql/statements.ts";
import { claimedBy } from "./idempotency_row.ts";

/** Creates the idempotency keys of a transaction. When two transactions take a new key at once, one conflicts and is retried. */
export const createIdempotencyKeys = ({ dialect, get, run }: Statements): IdempotencyKeys => ({
  async take(claim) {
    const { key, request, owner, until, now } = claim;
    const row = await get(`SELECT * FROM idempotency_key WHERE \`key\` = ? ${dialect.forUpdate}`, [key]);
    const claimed = claimedBy(row, claim);
    if (claimed?.kind === "running" && claimed.until < Number(row?.until)) {
      await run("UPDATE idempotency_key SET until = ? WHERE `key` = ?", [claimed.until, key]);
    }
    if (claimed !== undefined) return claimed;
    const sql = row === undefined
      ? "INSERT INTO idempotency_key (request, owner, until, taken, `key`) VALUES (?, ?, ?, ?, ?)"
      : "UPDATE idempotency_key SET request = ?, owner = ?, until = ?, taken = ?, answer = NULL WHERE `key` = ?";
    await run(sql, [request, owner, until, now, key]);
    return { kind: "taken" };
  },
  async storeAnswer(key, owner, answer) {
    const sql = "UPDATE idempotency_key SET answer = ? WHERE `key` = ? AND owner = ? AND answer IS NULL";
    return await run(sql, [JSON.stringify(answer), key, owner]) > 0;
  },
  async release(key, owner) {
    await run("DELETE FROM idempotency_key WHERE `key` = ? AND owner = ? AND answer IS NULL", [key, owner]);
  },
  purge: (before, most) =>
    run(
      dialect.deleteSome({ table: "idempotency_key", key: ["`key`"], where: "taken < ?", order: "taken" }),
      [before, most],
    ),
});
