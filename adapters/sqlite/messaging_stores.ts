import type { ConsumerStores } from "@/application/messaging/guard.ts";
import type { PositionKey } from "@/application/messaging/ports.ts";
import { letterOf } from "@/adapters/sql/letter_row.ts";
import type { Statements } from "./connection.ts";

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
    deadLetters: {
      park({ consumer, message, reason, detail, attempts, at }) {
        const { topic, partition, position, next, key, headers, value, timestamp } = message;
        run(
          `INSERT INTO dead_letter (consumer, topic, partition, position, next, key, headers, value, timestamp, reason, detail, attempts, at)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
          ...[
            consumer,
            topic,
            partition,
            position,
            next,
            key,
            JSON.stringify(headers),
            value,
            timestamp,
            reason,
            detail,
            attempts,
            at,
          ],
        );
        return Promise.resolve();
      },
      count: () => Promise.resolve(Number(get("SELECT COUNT(*) AS n FROM dead_letter")!.n)),
      list: (limit) => Promise.resolve(all("SELECT * FROM dead_letter ORDER BY id LIMIT ?", limit).map(letterOf)),
    },
  };
}
