import type { TrimmableLog } from "@/application/messaging/retention/ports.ts";
import type { Database } from "@/adapters/sqlite/database.ts";
import type { GroupPartition } from "./groups.ts";
import { readHeads } from "./reader.ts";

/** Removes messages from the old end of each partition until it has removed so many, or comes to one that is kept. */
export async function trimLog(
  log: Database,
  groups: Database,
  before: Parameters<TrimmableLog["trim"]>[0],
  most: number,
): Promise<number> {
  let removed = 0;
  for (const name of readHeads(log.read).keys()) {
    if (removed >= most) break;
    const at = name.lastIndexOf("/");
    const place = { topic: name.slice(0, at), partition: Number(name.slice(at + 1)) };
    const end = endOf(log, place, readBy(groups, place), before, most - removed);
    if (end === undefined) continue;
    removed += await log.transaction(({ run }) =>
      Promise.resolve(
        run(
          "DELETE FROM message WHERE topic = ? AND partition = ? AND position <= ?",
          place.topic,
          place.partition,
          end,
        ),
      )
    );
  }
  return removed;
}

/** Every known group of the topic has read the messages before this position. */
function readBy(groups: Database, { topic, partition }: GroupPartition): number {
  const row = groups.read.get(
    "SELECT MIN(next) AS next FROM progress WHERE topic = ? AND partition = ?",
    topic,
    partition,
  );
  return row?.next === null ? Infinity : Number(row!.next);
}

/** The position of the last message that may go. */
function endOf(
  log: Database,
  { topic, partition }: GroupPartition,
  readBy: number,
  before: Parameters<TrimmableLog["trim"]>[0],
  most: number,
): number | undefined {
  const rows = log.read.all(
    "SELECT position, time FROM message WHERE topic = ? AND partition = ? ORDER BY position LIMIT ?",
    topic,
    partition,
    most,
  );
  const goes = (position: number, time: number) => time < before.any || (time < before.read && position < readBy);
  let end: number | undefined;
  for (const { position, time } of rows) {
    if (!goes(Number(position), Number(time))) break;
    end = Number(position);
  }
  return end;
}
