import type { DeadLetterStores } from "@/application/messaging/dead_letters/ports.ts";
import type { PositionKey, Positions } from "@/application/messaging/consuming/ports.ts";
import { textOf } from "@/adapters/sql/row.ts";
import type { Statements } from "@/adapters/sql/statements.ts";
import { createDeadLetterClosing, createDeadLetters } from "./dead_letters.ts";

const KEY = "consumer = ? AND version = ? AND log_id = ? AND topic = ? AND `partition` = ?";
const keyOf = ({ consumer, version, logId, topic, partition }: PositionKey) => [
  consumer,
  version,
  logId,
  topic,
  partition,
];

/** Consumed positions inside a transaction. */
function createPositions({ dialect, all, get, run }: Statements): Positions {
  async function lock(key: PositionKey): ReturnType<Positions["lock"]> {
    const row = await get(`SELECT next, epoch FROM consumer_position WHERE ${KEY} ${dialect.forUpdate}`, keyOf(key));
    return row === undefined ? undefined : { next: textOf(row.next), epoch: Number(row.epoch) };
  }
  return {
    async claim(key, owner) {
      await run(
        `INSERT INTO consumer_position (consumer, version, log_id, topic, \`partition\`, next, epoch, owner)
         VALUES (?, ?, ?, ?, ?, NULL, 1, ?) ${dialect.onConflict} epoch = epoch + 1, owner = ${dialect.given("owner")}`,
        [...keyOf(key), owner],
      );
      return (await lock(key))!;
    },
    lock,
    async move(key, next) {
      await run(`UPDATE consumer_position SET next = ? WHERE ${KEY}`, [next, ...keyOf(key)]);
    },
    async list({ consumer, version, logId }) {
      const sql =
        "SELECT topic, `partition`, next FROM consumer_position WHERE consumer = ? AND version = ? AND log_id = ?";
      const rows = await all(sql, [consumer, version, logId]);
      return rows.map((row) => ({
        topic: String(row.topic),
        partition: Number(row.partition),
        next: textOf(row.next),
      }));
    },
    async versionsAt({ consumer, logId, topic, partition }) {
      const rows = await all(
        "SELECT version, next FROM consumer_position WHERE consumer = ? AND log_id = ? AND topic = ? AND `partition` = ? ORDER BY version",
        [consumer, logId, topic, partition],
      );
      return rows.map((row) => ({ version: Number(row.version), next: textOf(row.next) }));
    },
    async logs(consumer) {
      const rows = await all("SELECT DISTINCT log_id FROM consumer_position WHERE consumer = ?", [consumer]);
      return rows.map((row) => String(row.log_id));
    },
  };
}

/** Positions and dead letters inside a transaction. */
export const consumerStores = (statements: Statements): DeadLetterStores => ({
  positions: createPositions(statements),
  deadLetters: createDeadLetters(statements),
  deadLetterClosing: createDeadLetterClosing(statements),
});
