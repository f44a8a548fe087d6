import type { Outgoing } from "@/application/messaging/wire/event_log.ts";
import { firstOf, nameOf, packsOf, rowsOf } from "@/application/messaging/outbox/packs.ts";
import type { Outbox, OutboxQueue } from "@/application/messaging/outbox/ports.ts";
import type { MemoryDatabase } from "./database.ts";

/** A row with its messages that are not sent yet. */
type Row = { row: number; shard: number; waiting: Outgoing[]; added: number };

/** Creates the outbox of a transaction, and the relay's view of it. `now`: the store's clock. */
export function memoryOutbox(database: MemoryDatabase, now: () => number): { outbox: Outbox; queue: OutboxQueue } {
  const rows = database.table<Row>();
  let last = 0;
  const inOrder = () => rows.stored.values().sort((a, b) => a.row - b.row);
  const size = () => Promise.resolve(inOrder().reduce((sum, { waiting }) => sum + waiting.length, 0));
  return {
    outbox: {
      add(messages) {
        for (const { group: shard, messages: waiting } of packsOf(messages)) {
          rows.set(String(++last), { row: last, shard, waiting, added: now() });
        }
        return Promise.resolve();
      },
      async remove(names) {
        for (const { row, before, after } of await Promise.resolve(rowsOf(names))) {
          const stored = rows.get(String(row));
          if (stored?.waiting.length !== before) {
            throw new Error(`row ${row} of the outbox is not as it was when it was read`);
          }
          if (after === 0) rows.delete(String(row));
          else rows.set(String(row), { ...stored, waiting: stored.waiting.slice(-after) });
        }
      },
    },
    queue: {
      read(shards, limits) {
        const own = inOrder().filter(({ shard }) => shards.includes(shard));
        const named = own.flatMap(({ row, waiting }) =>
          waiting.map((message, at) => ({ row: nameOf(row, waiting.length - at), message }))
        );
        return Promise.resolve(firstOf(named, limits));
      },
      size,
      sizeAtMost: size,
      ageMs() {
        const [oldest] = inOrder();
        return Promise.resolve(oldest === undefined ? undefined : now() - oldest.added);
      },
    },
  };
}
