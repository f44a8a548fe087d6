import { textOf } from "@/adapters/sql/row.ts";
import type { ConsumerStores } from "@/application/messaging/consuming/guard.ts";
import type { PositionKey } from "@/application/messaging/consuming/ports.ts";
import type { Statements } from "./connection.ts";
import { deadLetterStores } from "./letters.ts";

const AT = "consumer = ? AND version = ? AND log_id = ? AND topic = ? AND `partition` = ?";
const at = ({ consumer, version, logId, topic, partition }: PositionKey) =>
  [consumer, version, logId, topic, partition] as const;

/** Positions and dead letters over one transaction's statements. */
export function consumerStores({ all, get, run }: Statements): ConsumerStores {
  const lock = async (key: PositionKey) => {
    const row = await get(`SELECT next, epoch FROM consumer_position WHERE ${AT} FOR UPDATE`, ...at(key));
    return row === undefined ? undefined : { next: textOf(row.next), epoch: Number(row.epoch) };
  };
  return {
    positions: {
      async claim(key, owner) {
        await run(
          "INSERT INTO consumer_position (consumer, version, log_id, topic, `partition`, next, epoch, owner) VALUES (?, ?, ?, ?, ?, NULL, 1, ?) " +
            "ON DUPLICATE KEY UPDATE epoch = epoch + 1, owner = VALUES(owner)",
          ...at(key),
          owner,
        );
        return (await lock(key))!;
      },
      lock,
      async move(key, next) {
        await run(`UPDATE consumer_position SET next = ? WHERE ${AT}`, next, ...at(key));
      },
      async logs(consumer) {
        const rows = await all("SELECT DISTINCT log_id FROM consumer_position WHERE consumer = ?", consumer);
        return rows.map((row) => String(row.log_id));
      },
    },
    ...deadLetterStores({ all, get, run }),
  };
}
