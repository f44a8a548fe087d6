import type { DeadLetterStores } from "@/application/messaging/dead_letters/ports.ts";
import type { PositionKey, Positions } from "@/application/messaging/consuming/ports.ts";
import { textOf } from "@/adapters/sql/row.ts";
import type { Statements } from "@/adapters/sql/statements.ts";
import { createDeadLetterDesk, createDeadLetters } from "./dead_letters.ts";

const AT = "consumer = ? AND version = ? AND log_id = ? AND topic = ? AND `partition` = ?";
const at = ({ consumer, version, logId, topic, partition }: PositionKey) => [
  consumer,
  version,
  logId,
  topic,
  partition,
];

/** Consumed positions over one transaction's statements. */
function createPositions({ dialect, all, get, run }: Statements): Positions {
  async function lock(key: PositionKey): ReturnType<Positions["lock"]> {
    const row = await get(`SELECT next, epoch FROM consumer_position WHERE ${AT} ${dialect.forUpdate}`, at(key));
    return row === undefined ? undefined : { next: textOf(row.next), epoch: Number(row.epoch) };
  }
  return {
    async claim(key, owner) {
      await run(
        `INSERT INTO consumer_position (consumer, version, log_id, topic, \`partition\`, next, epoch, owner)
         VALUES (?, ?, ?, ?, ?, NULL, 1, ?) ${dialect.onConflict} epoch = epoch + 1, owner = ${dialect.given("owner")}`,
        [...at(key), owner],
      );
      return (await lock(key))!;
    },
    lock,
    async move(key, next) {
      await run(`UPDATE consumer_position SET next = ? WHERE ${AT}`, [next, ...at(key)]);
    },
    async logs(consumer) {
      const rows = await all("SELECT DISTINCT log_id FROM consumer_position WHERE consumer = ?", [consumer]);
      return rows.map((row) => String(row.log_id));
    },
  };
}

/** Positions and dead letters over one transaction's statements. */
export const consumerStores = (statements: Statements): DeadLetterStores => ({
  positions: createPositions(statements),
  deadLetters: createDeadLetters(statements),
  deadLetterDesk: createDeadLetterDesk(statements),
});
