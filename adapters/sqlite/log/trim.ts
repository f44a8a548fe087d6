import type { TrimmableLog } from "@/application/messaging/retention/ports.ts";
import type { Database } from "@/adapters/sqlite/database.ts";
import type { GroupPartition } from "./groups.ts";
import { readNextPositions } from "./reader.ts";
import { rangesFrom, removeUpTo } from "./rows.ts";

/** Removes the oldest rows of each partition, up to the first row to keep, at most `most` rows in all. */
export async function trimLog(
  log: Database,
  groups: Database,
  before: Parameters<TrimmableLog["trim"]>[0],
  most: number,
): Promise<number> {
  let removed = 0;
  for (const name of readNextPositions(log.read).keys()) {
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
    removed += await log.transaction((statements) =>
      Promise.resolve(removeUpTo(statements, { topic, partition }, end))
    );
  }
  return removed;
}

/** Returns the position up to which every known group has read. */
function readBelow(groups: Database, { topic, partition }: GroupPartition): number {
  const row = groups.read.get(
    "SELECT MIN(next) AS next FROM progress WHERE topic = ? AND partition = ?",
    topic,
    partition,
  );
  return row?.next === null ? Infinity : Number(row!.next);
}

/** Returns the last position of the last row that may be removed. Messages of one pack are removed together. */
function lastRemovable(
  log: Database,
  partition: GroupPartition,
  readBelow: number,
  before: Parameters<TrimmableLog["trim"]>[0],
  most: number,
): number | undefined {
  let end: number | undefined;
  for (const { last, time } of rangesFrom(log.read, partition, 0, most)) {
    if (time >= before.any && (time >= before.read || last >= readBelow)) break;
    end = last;
  }
  return end;
}
