import type { SQLInputValue } from "node:sqlite";
import { packsBy } from "@/application/messaging/outbox/packs.ts";
import { type Outgoing, partitionName } from "@/application/messaging/wire/event_log.ts";
import type { SyncStatements } from "@/adapters/sqlite/connection/connection.ts";
import type { GroupPartition } from "./groups.ts";
import { compress } from "./compression.ts";
import { placeOf } from "./rows.ts";

type Head = GroupPartition & { number: number; next: number };

/** Appends messages to their partitions in order. Messages of one partition share a row. */
export function append(
  statements: SyncStatements,
  messages: Outgoing[],
  partitionOf: (key: Uint8Array | null) => number,
  now: number,
): void {
  const heads = new Map<string, Head>();
  const rows: SQLInputValue[][] = [];
  const packs = packsBy(messages, ({ topic, key }) => partitionName({ topic, partition: partitionOf(key) }));
  for (const { group, messages } of packs) {
    const at = group.lastIndexOf("/");
    const partition = { topic: group.slice(0, at), partition: Number(group.slice(at + 1)) };
    const head = heads.get(group) ?? headOf(statements, partition);
    head.next += messages.length;
    heads.set(group, head);
    rows.push([placeOf(head.number, head.next - 1), messages.length, now, compress(messages)]);
  }
  statements.runRows("INSERT INTO pack (place, count, time, pack) VALUES ?", rows);
  const ends = [...heads.values()].map(({ topic, partition, next }) => [next, topic, partition]);
  statements.runEach("UPDATE head SET next = ? WHERE topic = ? AND partition = ?", ends);
}

/** Returns the end of a partition. Creates its head and assigns its number where they are missing. */
function headOf({ get, run }: SyncStatements, { topic, partition }: GroupPartition): Head {
  const head = get("SELECT next, number FROM head WHERE topic = ? AND partition = ?", topic, partition);
  const stored = { topic, partition, next: Number(head?.next ?? 0) };
  if (typeof head?.number === "number") return { ...stored, number: head.number };
  const number = Number(get("SELECT COALESCE(MAX(number), 0) + 1 AS number FROM head")!.number);
  run(
    `INSERT INTO head (topic, partition, next, number) VALUES (?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET number = excluded.number`,
    topic,
    partition,
    stored.next,
    number,
  );
  return { ...stored, number };
}

/** Returns the 32-bit FNV-1a hash, which spreads keys over partitions and is the same in every process. */
export function hash(key: Uint8Array): number {
  let value = 0x811c9dc5;
  for (const byte of key) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
}
