import type { ConsumerStores } from "@/application/messaging/consuming/guard.ts";
import type { PositionKey } from "@/application/messaging/consuming/ports.ts";
import type { Statements } from "./connection.ts";
import { deadLetterStores } from "./letters.ts";

const AT = "consumer = ? AND version = ? AND log_id = ? AND topic = ? AND partition = ?";
const at = ({ consumer, version, logId, topic, partition }: PositionKey) =>
  [consumer, version, logId, topic, partition] as const;

/** Positions and dead letters over one transaction's statements. */
export function consumerStores({ all, get, run }: Statements): ConsumerStores {
  const lock = (key: PositionKey) => {
    const row = get(`SELECT next, epoch FROM position WHERE ${AT}`, ...at(key));
    return row === undefined
      ? undefined
      : { next: row.next === null ? undefined : String(row.next), epoch: Number(row.epoch) };
  };
  return {
    positions: {
      claim(key, owner) {
        run(
          `INSERT INTO position (consumer, version, log_id, topic, partition, next, epoch, owner) VALUES (?, ?, ?, ?, ?, NULL, 1, ?)
           ON CONFLICT DO UPDATE SET epoch = epoch + 1, owner = excluded.owner`,
          ...at(key),
          owner,
        );
        return Promise.resolve(lock(key)!);
      },
      lock: (key) => Promise.resolve(lock(key)),
      move(key, next) {
        run(`UPDATE position SET next = ? WHERE ${AT}`, next, ...at(key));
        return Promise.resolve();
      },
      logs: (consumer) =>
        Promise.resolve(
          all("SELECT DISTINCT log_id FROM position WHERE consumer = ?", consumer).map((row) => String(row.log_id)),
        ),
    },
    ...deadLetterStores({ all, get, run }),
  };
}
