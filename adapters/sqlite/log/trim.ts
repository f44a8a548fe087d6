import type { TrimmableLog } from "@/application/messaging/retention/ports.ts";
import type { Database } from "@/adapters/sqlite/database.ts";
import type { GroupPartition } from "./groups.ts";
import { readHeads } from "./reader.ts";

/** Removes the oldest messages of each partition, up to the first one to keep, at most `most` in all. */
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
    const [topic, partition] = [name.slice(0, at), Number(name.slice(at + 1))];
    const end = lastRemovable(
      log,
      { topic, partition },
      readBelow(groups, { topic, partition }),
      before,
      most - removed,
    );
    if (end === undefined) continue;
    const sql = "DELETE FROM message WHERE topic = ? AND partition = ? AND position <= ?";
    removed += await log.transaction(({ run }) => Promise.resolve(run(sql, topic, partition, end)));
  }
  return removed;
}

/** Every known group of the topic has read the messages below this position. */
function readBelow(groups: Database, { topic, partition }: GroupPartition): number {
  const row = groups.read.get(
    "SELECT MIN(next) AS next FROM progress WHERE topic = ? AND partition = ?",
    topic,
    partition,
  );
  return row?.next === null ? Infinity : Number(row!.next);
}

/** The position of the last message that may be removed. */
function lastRemovable(
  log: Database,
  { topic, partition }: GroupPartition,
  readBelow: number,
  before: Parameters<TrimmableLog["trim"]>[0],
  most: number,
): number | undefined {
  const rows = log.read.all(
    "SELECT position, time FROM message WHERE topic = ? AND partition = ? ORDER BY position LIMIT ?",
    topic,
    partition,
    most,
  );
  const mayGo = (position: number, time: number) => time < before.any || (time < before.read && position < readBelow);
  let end: number | undefined;
  for (const { position, time } of rows) {
    if (!mayGo(Number(position), Number(time))) break;
    end = Number(position);
  }
  return end;
}
