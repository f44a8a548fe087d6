import { claimedBy } from "@/adapters/sql/idempotency_row.ts";
import type { IdempotencyKeys } from "@/application/messaging/commands/ports.ts";
import type { Statements } from "./connection.ts";
import { TABLE } from "./messaging_schema.ts";

const NAME = "VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL";

export const IDEMPOTENCY_SCHEMA: string[] = [
  `CREATE TABLE IF NOT EXISTS idempotency_key (
     \`key\` ${NAME} PRIMARY KEY, request ${NAME}, owner ${NAME}, until BIGINT NOT NULL, taken BIGINT NOT NULL, answer LONGTEXT,
     KEY idempotency_key_taken (taken)
   ) ${TABLE}`,
];

/** Keys of requests with their answers, inside a transaction. Two that take a new key at once: one finds it there in its next try. */
export const createIdempotencyKeys = ({ get, run }: Statements): IdempotencyKeys => ({
  async take(claim) {
    const { key, request, owner, until, now } = claim;
    const row = await get("SELECT * FROM idempotency_key WHERE `key` = ? FOR UPDATE", key);
    const claimed = claimedBy(row, claim);
    if (claimed !== undefined) return claimed;
    await (row === undefined
      ? run(
        "INSERT INTO idempotency_key (`key`, request, owner, until, taken) VALUES (?)",
        [key, request, owner, until, now],
      )
      : run(
        "UPDATE idempotency_key SET request = ?, owner = ?, until = ?, taken = ?, answer = NULL WHERE `key` = ?",
        ...[request, owner, until, now, key],
      ));
    return { kind: "taken" };
  },
  async keep(key, owner, answer) {
    const kept = await run(
      "UPDATE idempotency_key SET answer = ? WHERE `key` = ? AND owner = ? AND answer IS NULL",
      ...[JSON.stringify(answer), key, owner],
    );
    return kept > 0;
  },
  async release(key, owner) {
    await run("DELETE FROM idempotency_key WHERE `key` = ? AND owner = ? AND answer IS NULL", key, owner);
  },
  purge: (before, most) => run("DELETE FROM idempotency_key WHERE taken < ? ORDER BY taken LIMIT ?", before, most),
});
