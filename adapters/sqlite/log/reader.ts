import type { UnreadableRecord } from "@/application/messaging/dead_letters/ports.ts";
import { type Cursor, type Incoming, type Partition, partitionName } from "@/application/messaging/wire/event_log.ts";
import type { SyncStatements } from "@/adapters/sqlite/connection/connection.ts";
import type { GroupPartition } from "./groups.ts";
import { type MessagesIn, messagesIn, type Range, rangesFrom, rowsFrom } from "./rows.ts";

/** The limits of a batch. When the suite is one process, HTTP requests wait while a batch is read and handled. */
const MAX_BATCH_MESSAGES = 500;
const MAX_BATCH_BYTES = 4 * 2 ** 20;

/** Returns the position of the next message of each partition, by `topic/partition`. */
export function readNextPositions({ all }: SyncStatements): Map<string, number> {
  return new Map(
    all("SELECT topic, partition, next FROM head").map((row) => [`${row.topic}/${row.partition}`, Number(row.next)]),
  );
}

/**
 * Returns messages from a position on, up to a share of the batch limits or to an unreadable row. Throws `LogGap` when the log
 * does not have the position, and `UnreadableRow` when the row at the position cannot be read.
 */
export function readFrom(
  statements: SyncStatements,
  partition: GroupPartition,
  position: number | undefined,
  share = 1,
  unpack: MessagesIn = messagesIn,
): Incoming[] {
  const end = endOf(statements, partition);
  const messages: Incoming[] = [];
  let bytes = 0;
  for (const stored of rowsFrom(statements, partition, position ?? 0)) {
    const last = messages.at(-1);
    if (last === undefined) refuseGap(partition, position, stored.first, stored.last);
    // The batch ends before a gap, so that the next read throws `LogGap`.
    else if (stored.first !== Number(last.next)) break;
    if (messages.length > 0 && messages.length + stored.last - stored.first >= MAX_BATCH_MESSAGES * share) break;
    const found = unpack(partition, stored);
    if ("reason" in found) {
      if (messages.length > 0) break;
      throw new UnreadableRow(found);
    }
    for (const message of found) bytes += message.value?.byteLength ?? 0;
    if (messages.length > 0 && bytes > MAX_BATCH_BYTES * share) break;
    // The position may be in the middle of a row.
    for (const message of found) if (Number(message.position) >= (position ?? 0)) messages.push(message);
  }
  if (messages.length === 0) refuseGap(partition, position, end, end);
  return messages;
}

/** Throws `LogGap` unless the position is between `first` and `last`. */
function refuseGap(partition: GroupPartition, position: number | undefined, first: number, last: number): void {
  if (position === undefined || (first <= position && position <= last)) return;
  const found = first > position ? first : last;
  throw new LogGap(`${partitionName(partition)}: wanted to read on at ${position}, but the log goes on at ${found}`);
}

/** Returns the position of the next message. */
const endOf = ({ get }: SyncStatements, { topic, partition }: GroupPartition): number =>
  Number(get("SELECT next FROM head WHERE topic = ? AND partition = ?", topic, partition)?.next ?? 0);

/** Returns the first row of a partition, if any, and the position of the next message. */
export function endsOf(
  statements: SyncStatements,
  partition: GroupPartition,
): { first: Range | undefined; end: number } {
  return { first: rangesFrom(statements, partition, 0, 1)[0], end: endOf(statements, partition) };
}

/** Returns the lag of a cursor. Positions are contiguous, so the first and the next one are enough. */
export function lagOf(statements: SyncStatements, { next, ...partition }: Cursor): number {
  const { first, end } = endsOf(statements, partition);
  return first === undefined ? 0 : Math.max(0, end - Math.max(first.first, Number(next ?? 0)));
}

export function partitionOf(statements: SyncStatements, partition: GroupPartition): Partition {
  const { first, end } = endsOf(statements, partition);
  const at = first?.first ?? end;
  return { ...partition, first: String(at), whole: at === 0 };
}

/** Returns whether the log has all messages from a cursor on. */
export function hasCursor(statements: SyncStatements, { next, ...partition }: Cursor): boolean {
  const { first, end } = endsOf(statements, partition);
  return Number(next ?? 0) >= (first?.first ?? end) && Number(next ?? 0) <= end;
}

/** Returns when the first message of a partition was appended, or Infinity when it has none. */
export const beginsAt = (statements: SyncStatements, partition: GroupPartition): number =>
  Number(endsOf(statements, partition).first?.time ?? Infinity);

/** The log has no message at a consumer's position: messages were lost, or this is another log. */
export class LogGap extends Error {
  override name = "LogGap";
}

/** A row of the log cannot be read: something other than the suite has changed the file. */
export class UnreadableRow extends Error {
  override name = "UnreadableRow";
  constructor(readonly record: UnreadableRecord) {
    super(record.reason);
  }
}

/** Returns the row at a cursor when it cannot be read, otherwise undefined. */
export function unreadableAt(
  statements: SyncStatements,
  { next, ...partition }: Cursor,
): UnreadableRecord | undefined {
  for (const stored of rowsFrom(statements, partition, Number(next ?? 0))) {
    const found = messagesIn(partition, stored);
    return "reason" in found ? found : undefined;
  }
}
