/** Packs: messages of one transaction and shard, or of one append and partition, share a row up to these limits. */
import type { Outgoing } from "@/application/messaging/wire/event_log.ts";
import { shardOf } from "./shards.ts";

export const MAX_ROW_MESSAGES = 256;
const MAX_ROW_BYTES = 256 * 1024;

/** The messages of one row, in order. `bytes`: their total size in an append. */
type Pack<Group> = { group: Group; messages: Outgoing[]; bytes: number };

/** Groups messages into packs that fit into one append. A larger message gets a pack of its own. */
export function packsBy<Group>(messages: Outgoing[], groupOf: (message: Outgoing) => Group): Pack<Group>[] {
  const packs: Pack<Group>[] = [];
  const open = new Map<Group, Pack<Group>>();
  for (const message of messages) {
    const group = groupOf(message);
    const bytes = sizeOf(message);
    let pack = open.get(group);
    if (pack === undefined || pack.messages.length === MAX_ROW_MESSAGES || pack.bytes + bytes > MAX_ROW_BYTES) {
      pack = { group, messages: [], bytes: 0 };
      open.set(group, pack);
      packs.push(pack);
    }
    pack.messages.push(message);
    pack.bytes += bytes;
  }
  return packs;
}

/** Groups messages into packs by shard. */
export const packsOf = (messages: Outgoing[]): Pack<number>[] => packsBy(messages, ({ key }) => shardOf(key));

/** Returns the approximate size of a message in an append. */
export function sizeOf({ headers, key, value }: Outgoing): number {
  let size = (key?.byteLength ?? 0) + (value?.byteLength ?? 0);
  for (const name in headers) size += name.length + headers[name]!.length + 4;
  return size;
}

/** Returns the name of a message in the outbox: its row, and how many messages of the row wait from this one on. */
export const nameOf = (row: string | number, left: number): string => `${row}.${left}`;

/** The removal of a row's first waiting messages: how many wait before and after it. */
type Removal = { row: number; before: number; after: number };

/** Returns the removals for the named messages. Throws when they are not the first waiting ones of their rows. */
export function rowsOf(names: string[]): Removal[] {
  const rows = new Map<number, Removal>();
  for (const name of names) {
    const [row, left] = name.split(".").map(Number) as [number, number];
    const done = rows.get(row);
    if (done === undefined) rows.set(row, { row, before: left, after: left - 1 });
    else if (done.after === left) done.after--;
    else throw new Error(`a message of row ${row} would go before its turn: ${left} after ${done.after + 1}`);
  }
  return [...rows.values()];
}

/** Returns the first messages that fit into one append, at least one. */
export function firstOf<Item extends { message: Outgoing }>(
  items: Iterable<Item>,
  limits: { rows: number; bytes: number },
): Item[] {
  const first: Item[] = [];
  let bytes = 0;
  for (const item of items) {
    bytes += sizeOf(item.message);
    if (first.length > 0 && (first.length >= limits.rows || bytes > limits.bytes)) break;
    first.push(item);
  }
  return first;
}
