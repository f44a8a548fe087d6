import type { Cursor, Incoming } from "@/application/messaging/wire/event_log.ts";
import type { Partition } from "@/application/messaging/rebuild/ports.ts";
import type { Row } from "@/adapters/sql/row.ts";
import type { SyncStatements } from "@/adapters/sqlite/connection.ts";
import type { GroupPartition } from "./groups.ts";

/** No more at once, as HTTP waits meanwhile where all is one process. */
const MESSAGES = 500;
const BYTES = 4 * 2 ** 20;

/** Where each partition goes on, by `topic/partition`. */
export function readHeads({ all }: SyncStatements): Map<string, number> {
  return new Map(
    all("SELECT topic, partition, next FROM head").map((row) => [`${row.topic}/${row.partition}`, Number(row.next)]),
  );
}

/** Messages from a position on, fewer when they are large. Throws when the position is not in the log any more, or not yet. */
export function readFrom(
  { all, get }: SyncStatements,
  { topic, partition }: GroupPartition,
  position: number | undefined,
): Incoming[] {
  const rows = all(
    "SELECT * FROM message WHERE topic = ? AND partition = ? AND position >= ? ORDER BY position LIMIT ?",
    topic,
    partition,
    position ?? 0,
    MESSAGES,
  );
  const first = rows[0];
  if (position !== undefined) {
    const next = Number(get("SELECT next FROM head WHERE topic = ? AND partition = ?", topic, partition)?.next ?? 0);
    const found = first === undefined ? next : Number(first.position);
    if (found !== position) {
      throw new LogGap(`${topic}/${partition}: wanted to read on at ${position}, but the log goes on at ${found}`);
    }
  }
  const messages: Incoming[] = [];
  let bytes = 0;
  for (const row of rows) {
    bytes += (row.value as Uint8Array | null)?.byteLength ?? 0;
    if (messages.length > 0 && bytes > BYTES) break;
    messages.push(incomingOf(row));
  }
  return messages;
}

/** The first message that a partition has, if any, and where it goes on. */
function endsOf(
  { get }: SyncStatements,
  { topic, partition }: GroupPartition,
): { first: Row | undefined; end: number } {
  const first = get(
    "SELECT position, time FROM message WHERE topic = ? AND partition = ? ORDER BY position LIMIT 1",
    topic,
    partition,
  );
  const end = get("SELECT next FROM head WHERE topic = ? AND partition = ?", topic, partition)?.next;
  return { first, end: Number(end ?? 0) };
}

/** How many messages a partition has from a position on. Numbered without gaps, so that the first and the end say it. */
export function lagOf(statements: SyncStatements, { next, ...place }: Cursor): number {
  const { first, end } = endsOf(statements, place);
  return first === undefined ? 0 : Math.max(0, end - Math.max(Number(first.position), Number(next ?? 0)));
}

export function partitionOf(statements: SyncStatements, place: GroupPartition): Partition {
  const { first, end } = endsOf(statements, place);
  const at = Number(first?.position ?? end);
  return { ...place, first: String(at), whole: at === 0 };
}

/** Whether the log has what comes from a place on. */
export function hasPlace(statements: SyncStatements, { next, ...place }: Cursor): boolean {
  const { first, end } = endsOf(statements, place);
  return Number(next ?? 0) >= Number(first?.position ?? end) && Number(next ?? 0) <= end;
}

/** When the first message came that a partition has (ms), Infinity where it has none. */
export const beginsAt = (statements: SyncStatements, place: GroupPartition): number =>
  Number(endsOf(statements, place).first?.time ?? Infinity);

/** The log has no message where a reader left off: something was lost, or this is another log. */
export class LogGap extends Error {
  override name = "LogGap";
}

/** A stored message. */
export const incomingOf = (row: Row): Incoming => ({
  topic: String(row.topic),
  partition: Number(row.partition),
  position: String(row.position),
  next: String(Number(row.position) + 1),
  key: row.key as Uint8Array | null,
  headers: JSON.parse(String(row.headers)),
  value: row.value as Uint8Array | null,
  timestamp: Number(row.time),
});
