import type { Outgoing } from "@/application/messaging/wire/event_log.ts";
import type { Outbox, OutboxQueue, OutboxRow } from "@/application/messaging/outbox/ports.ts";
import { shardOf } from "@/application/messaging/outbox/shards.ts";
import type { MemoryDatabase } from "./database.ts";

/** The outbox inside a transaction, and what the relay reads of it. `now`: the store's clock. */
export function memoryOutbox(database: MemoryDatabase, now: () => number): { outbox: Outbox; queue: OutboxQueue } {
  const rows = database.table<OutboxRow & { added: number }>();
  let last = 0;
  const inOrder = () => rows.stored.values().sort((a, b) => Number(a.row) - Number(b.row));
  return {
    outbox: {
      add(messages) {
        for (const message of messages) rows.set(String(++last), { row: String(last), message, added: now() });
        return Promise.resolve();
      },
      remove(names) {
        for (const name of names) rows.delete(name);
        return Promise.resolve();
      },
    },
    queue: {
      read(shards, most) {
        const own = inOrder().filter(({ message }) => shards.includes(shardOf(message.key))).slice(0, most.rows);
        let bytes = 0;
        const fits = (message: Outgoing) => (bytes += sizeOf(message)) <= most.bytes;
        return Promise.resolve(own.filter(({ message }, at) => fits(message) || at === 0));
      },
      size: () => Promise.resolve(rows.stored.values().length),
      atMost() {
        const [first] = inOrder();
        return Promise.resolve(first === undefined ? 0 : last - Number(first.row) + 1);
      },
      ageMs() {
        const [oldest] = inOrder();
        return Promise.resolve(oldest === undefined ? undefined : now() - oldest.added);
      },
    },
  };
}

const sizeOf = ({ headers, value }: Outgoing): number => JSON.stringify(headers).length + (value?.byteLength ?? 0);
