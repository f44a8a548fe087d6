import type { UnreadableRecord } from "@/application/messaging/dead_letters/ports.ts";
import { type Cursor, type Incoming, type Partition, partitionName } from "@/application/messaging/wire/event_log.ts";
import type { SyncStatements } from "@/adapters/sqlite/connection/connection.ts";
import type { GroupPartition } from "./groups.ts";
import { type MessagesIn, messagesIn, type Range, rangesFrom, rowsFrom } from "./rows.ts";

/** Limits of a batch: in the suite of one process HTTP waits while a batch is read and handled. */
const MAX_BATCH_MESSAGES = 500;
const MAX_BATCH_BYTES = 4 * 2 ** 20;

/** The position of the next message of each partition, by `topic/partition`. */
export function readNextPositions({ all }: SyncStatements): Map<string, number> {
  return new Map(
    all("SELECT topic, partition, next FROM head").map((row) => [`${row.topic}/${row.partition}`, Number(row.next)]),
  );
}

/**
 * Messages from a position on, up to a share of a batch's limits, fewer when they are large or one of them cannot be read. Throws
 * `LogGap` when the log no longer has the position, or not yet, and `UnreadableRow` when what stands there cannot be read.
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
    // Behind a gap no message is read with those before it, so that the next read finds the gap.
    else if (stored.first !== Number(last.next)) break;
    if (messages.length > 0 && messages.length + stored.last - stored.first >= MAX_BATCH_MESSAGES * share) break;
    const found = unpack(partition, stored);
    if ("reason" in found) {
      if (messages.length > 0) break;
      throw new UnreadableRow(found);
    }
    for (const message of found) bytes += message.value?.byteLength ?? 0;
    if (messages.length > 0 && bytes > MAX_BATCH_BYTES * share) break;
    // A reader may have left off inside of a row.
    for (const message of found) if (Number(message.position) >= (position ?? 0)) messages.push(message);
  }
  if (messages.length === 0) refuseGap(partition, position, end, end);
  return messages;
}

/** Throws unless the position is among those where the log goes on. */
function refuseGap(partition: GroupPartition, position: number | undefined, first: number, last: number): void {
  if (position === undefined || (first <= position && position <= last)) return;
  const found = first > position ? first : last;
  throw new LogGap(`${partitionName(partition)}: wanted to read on at ${position}, but the log goes on at ${found}`);
}

/** The position of the next message. */
const endOf = ({ get }: SyncStatements, { topic, partition }: GroupPartition): number =>
  Number(get("SELECT next FROM head WHERE topic = ? AND partition = ?", topic, partition)?.next ?? 0);

/** The first message that a partition has, if any, and the position of the next one. */
export function endsOf(
  statements: SyncStatements,
  partition: GroupPartition,
): { first: Range | undefined; end: number } {
  return { first: rangesFrom(statements, partition, 0, 1)[0], end: endOf(statements, partition) };
}

/** How many messages a partition has from a cursor on. Positions have no gaps, so the first and the end are enough. */
export function lagOf(statements: SyncStatements, { next, ...partition }: Cursor): number {
  const { first, end } = endsOf(statements, partition);
  return first === undefined ? 0 : Math.max(0, end - Math.max(first.first, Number(next ?? 0)));
}

export function partitionOf(statements: SyncStatements, partition: GroupPartition): Partition {
  const { first, end } = endsOf(statements, partition);
  const at = first?.first ?? end;
  return { ...partition, first: String(at), whole: at === 0 };
}

/** Whether the log has all messages from a cursor on. */
export function hasCursor(statements: SyncStatements, { next, ...partition }: Cursor): boolean {
  const { first, end } = endsOf(statements, partition);
  return Number(next ?? 0) >= (first?.first ?? end) && Number(next ?? 0) <= end;
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
  statements: SyncStatements,
  { next, ...partition }: Cursor,
): UnreadableRecord | undefined {
  for (const stored of rowsFrom(statements, partition, Number(next ?? 0))) {
    const found = messagesIn(partition, stored);
    return "reason" in found ? found : undefined;
  }
}
