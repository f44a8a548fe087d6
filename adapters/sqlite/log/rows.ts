/**
 * Rows of the log: packs of messages of one partition, and single messages of the previous version. One statement reads both, so
 * that they come in the order of their positions whichever process writes meanwhile.
 */
import { RecentMap } from "@/domain/recent_map.ts";
import { messageOf } from "@/application/faults.ts";
import type { UnreadableRecord } from "@/application/messaging/dead_letters/ports.ts";
import type { Incoming, Outgoing } from "@/application/messaging/wire/event_log.ts";
import type { Row } from "@/adapters/sql/row.ts";
import type { SyncStatements } from "@/adapters/sqlite/connection/connection.ts";
import { decompress } from "./compression.ts";
import type { GroupPartition } from "./groups.ts";

/** How many row numbers each partition has, more than it will ever have positions. */
const POSITIONS = 2 ** 40;

/** Returns the row number of a pack: its partition's number and the position of its last message. */
export function placeOf(number: number, last: number): number {
  if (last >= POSITIONS || number > Number.MAX_SAFE_INTEGER / POSITIONS - 1) {
    throw new Error(`the log is full: partition ${number} would reach ${last}`);
  }
  return number * POSITIONS + last;
}

/** The positions of the first and the last message of a row, and when they were appended. */
export type Range = { first: number; last: number; time: number };
/** A row with its content. */
type StoredRow = Range & { row: Row };

/** Returns the first rows that contain a position or come after it, without their contents. */
export const rangesFrom = (statements: SyncStatements, of: GroupPartition, position: number, limit: number): Range[] =>
  select(statements, "NULL AS key, NULL AS headers, NULL AS value", "NULL AS pack", of, position, limit).map(rangeOf);

/** Yields the same rows with their contents, read in small steps, as packs may be large. */
export function* rowsFrom(statements: SyncStatements, of: GroupPartition, from: number): Generator<StoredRow> {
  let position = from;
  for (let limit = FIRST_ROWS;; limit *= 2) {
    const rows = select(statements, "key, headers, value", "pack", of, position, limit);
    for (const row of rows) yield { ...rangeOf(row), row };
    if (rows.length < limit) return;
    position = Number(rows.at(-1)!.last) + 1;
  }
}

const FIRST_ROWS = 4;

function select(
  { all, get }: SyncStatements,
  content: string,
  pack: string,
  { topic, partition }: GroupPartition,
  position: number,
  limit: number,
): Row[] {
  const number = numberOf(get, { topic, partition });
  return all(
    `SELECT * FROM (
       SELECT position AS last, 1 AS count, time, ${content}, NULL AS pack FROM message
       WHERE topic = ? AND partition = ? AND position >= ? ORDER BY position LIMIT ?
     ) UNION ALL SELECT * FROM (
       SELECT place - ? AS last, count, time, NULL AS key, NULL AS headers, NULL AS value, ${pack} FROM pack
       WHERE place >= ? AND place < ? ORDER BY place LIMIT ?
     ) ORDER BY last LIMIT ?`,
    topic,
    partition,
    position,
    limit,
    placeOf(number, 0),
    placeOf(number, position),
    placeOf(number + 1, 0),
    limit,
    limit,
  );
}

/** Removes the rows of a partition that end at or before a position. Returns how many. */
export function removeUpTo({ get, run }: SyncStatements, { topic, partition }: GroupPartition, last: number): number {
  const number = numberOf(get, { topic, partition });
  return run("DELETE FROM message WHERE topic = ? AND partition = ? AND position <= ?", topic, partition, last) +
    run("DELETE FROM pack WHERE place >= ? AND place <= ?", placeOf(number, 0), placeOf(number, last));
}

/** Returns the number of a partition, or 0 (no partition's number) before its first pack is appended. */
export const numberOf = (get: SyncStatements["get"], { topic, partition }: GroupPartition): number =>
  Number(get("SELECT number FROM head WHERE topic = ? AND partition = ?", topic, partition)?.number ?? 0);

const rangeOf = ({ last, count, time }: Row): Range => ({
  first: Number(last) - Number(count) + 1,
  last: Number(last),
  time: Number(time),
});

export type MessagesIn = (of: GroupPartition, stored: StoredRow) => Incoming[] | UnreadableRecord;

/** The messages of a row that consumers of one process read soon after each other: it is unpacked once. They must not be changed. */
export function createRecentMessages(): MessagesIn {
  const recent = new RecentMap<Incoming[]>(MAX_RECENT_ROWS);
  return (of, stored) => {
    const name = `${of.topic}/${of.partition}/${stored.first}/${stored.last}`;
    const known = recent.get(name);
    if (known !== undefined) return known;
    const found = messagesIn(of, stored);
    if (!("reason" in found)) recent.set(name, found);
    return found;
  };
}

/** Two to four batches of a consumer that reads four partitions. */
const MAX_RECENT_ROWS = 8;

/** Returns the messages of a row, or the row as an unreadable record. */
export function messagesIn(of: GroupPartition, stored: StoredRow): Incoming[] | UnreadableRecord {
  return stored.row.pack === null ? messageIn(of, stored) : unpack(of, stored);
}

function unpack(of: GroupPartition, stored: StoredRow): Incoming[] | UnreadableRecord {
  const { first, last, time, row } = stored;
  const bytes = row.pack as Uint8Array;
  try {
    const messages = decompress(bytes);
    if (messages.length === last - first + 1) {
      return messages.map((message, at) => incoming(of, { ...message, topic: of.topic }, first + at, time));
    }
    throw new Error(`it has ${messages.length} messages, not ${last - first + 1}`);
  } catch (error) {
    const reason = `the pack of the messages up to ${last} cannot be read: ${messageOf(error)}`;
    const found = { topic: of.topic, key: null, headers: {}, value: bytes };
    return { ...incoming(of, found, first, time), next: String(last + 1), reason };
  }
}

/** Reads a message of the previous version. An unreadable record keeps its headers as one header. */
function messageIn(of: GroupPartition, { last, time, row }: StoredRow): Incoming[] | UnreadableRecord {
  const rest = { topic: of.topic, key: row.key as Uint8Array | null, value: row.value as Uint8Array | null };
  try {
    return [incoming(of, { ...rest, headers: headersOf(String(row.headers)) }, last, time)];
  } catch (error) {
    const reason = `the headers of the row cannot be read: ${messageOf(error)}`;
    return { ...incoming(of, { ...rest, headers: { "x-headers": String(row.headers) } }, last, time), reason };
  }
}

const incoming = ({ partition }: GroupPartition, message: Outgoing, position: number, time: number): Incoming => ({
  ...message,
  partition,
  position: String(position),
  next: String(position + 1),
  timestamp: time,
});

function headersOf(text: string): Record<string, string> {
  const found = JSON.parse(text);
  if (typeof found !== "object" || found === null) throw new SyntaxError("they are no object");
  return found;
}
