import { messageOf } from "@/application/faults.ts";
import type { UnreadableRecord } from "@/application/messaging/dead_letters/ports.ts";
import type { Cursor, Incoming, Partition } from "@/application/messaging/wire/event_log.ts";
import type { Row } from "@/adapters/sql/row.ts";
import type { SyncStatements } from "@/adapters/sqlite/connection.ts";
import type { GroupPartition } from "./groups.ts";

/** Limits of a batch: in the suite of one process HTTP waits while a batch is read and handled. */
const MAX_BATCH_MESSAGES = 500;
const MAX_BATCH_BYTES = 4 * 2 ** 20;

/** The position of the next message of each partition, by `topic/partition`. */
export function readHeads({ all }: SyncStatements): Map<string, number> {
  return new Map(
    all("SELECT topic, partition, next FROM head").map((row) => [`${row.topic}/${row.partition}`, Number(row.next)]),
  );
}

/**
 * Messages from a position on, fewer when they are large or one of them cannot be read. Throws `LogGap` when the log no longer
 * has the position, or not yet, and `UnreadableRow` when what stands there cannot be read.
 */
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
    MAX_BATCH_MESSAGES,
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
    if (messages.length > 0 && bytes > MAX_BATCH_BYTES) break;
    const message = readRow(row);
    if (!("reason" in message)) messages.push(message);
    else if (messages.length > 0) break;
    else throw new UnreadableRow(message);
  }
  return messages;
}

/** The first message that a partition has, if any, and the position of the next one. */
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

/** How many messages a partition has from a cursor on. Positions have no gaps, so the first and the end are enough. */
export function lagOf(statements: SyncStatements, { next, ...partition }: Cursor): number {
  const { first, end } = endsOf(statements, partition);
  return first === undefined ? 0 : Math.max(0, end - Math.max(Number(first.position), Number(next ?? 0)));
}

export function partitionOf(statements: SyncStatements, partition: GroupPartition): Partition {
  const { first, end } = endsOf(statements, partition);
  const at = Number(first?.position ?? end);
  return { ...partition, first: String(at), whole: at === 0 };
}

/** Whether the log has all messages from a cursor on. */
export function hasCursor(statements: SyncStatements, { next, ...partition }: Cursor): boolean {
  const { first, end } = endsOf(statements, partition);
  return Number(next ?? 0) >= Number(first?.position ?? end) && Number(next ?? 0) <= end;
}

/** When the first message of a partition came; Infinity where it has none. */
export const beginsAt = (statements: SyncStatements, partition: GroupPartition): number =>
  Number(endsOf(statements, partition).first?.time ?? Infinity);

/** The log has no message where a reader left off: messages were lost, or this is another log. */
export class LogGap extends Error {
  override name = "LogGap";
}

/** A row of the log that cannot be read: the file was changed by something else than the suite. */
export class UnreadableRow extends Error {
  override name = "UnreadableRow";
  constructor(readonly record: UnreadableRecord) {
    super(record.reason);
  }
}

/** What stands at a cursor, where it cannot be read. */
export function unreadableAt(
  { get }: SyncStatements,
  { topic, partition, next }: Cursor,
): UnreadableRecord | undefined {
  const row = get(
    "SELECT * FROM message WHERE topic = ? AND partition = ? AND position >= ? ORDER BY position LIMIT 1",
    topic,
    partition,
    Number(next ?? 0),
  );
  const found = row && readRow(row);
  return found !== undefined && "reason" in found ? found : undefined;
}

/** A row as a message, or what cannot be read of it. Headers that cannot be read are kept as a header. */
function readRow(row: Row): Incoming | UnreadableRecord {
  try {
    return incomingOf(row);
  } catch (error) {
    const reason = `the headers of the row cannot be read: ${messageOf(error)}`;
    return { ...incomingOf({ ...row, headers: "{}" }), headers: { "x-headers": String(row.headers) }, reason };
  }
}

/** A stored message. */
export const incomingOf = (row: Row): Incoming => ({
  topic: String(row.topic),
  partition: Number(row.partition),
  position: String(row.position),
  next: String(Number(row.position) + 1),
  key: row.key as Uint8Array | null,
  headers: headersOf(String(row.headers)),
  value: row.value as Uint8Array | null,
  timestamp: Number(row.time),
});

function headersOf(text: string): Record<string, string> {
  const found = JSON.parse(text);
  if (typeof found !== "object" || found === null) throw new SyntaxError("they are no object");
  return found;
}
