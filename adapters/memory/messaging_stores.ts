import type { ConsumerStores } from "@/application/messaging/guard.ts";
import type { Leases, Letter, PositionKey } from "@/application/messaging/ports.ts";
import { keyOf, type MemoryDatabase } from "./database.ts";

/** Positions and dead letters. */
export function memoryConsumerStores(database: MemoryDatabase): ConsumerStores {
  const positions = database.table<{ key: PositionKey; next: string | undefined; epoch: number }>();
  const letters = database.table<Letter & { id: number }>();
  const at = ({ consumer, version, logId, topic, partition }: PositionKey) =>
    keyOf(consumer, version, logId, topic, partition);
  return {
    positions: {
      claim(key) {
        const { next, epoch } = positions.get(at(key)) ?? { next: undefined, epoch: 0 };
        positions.set(at(key), { key, next, epoch: epoch + 1 });
        return Promise.resolve({ next, epoch: epoch + 1 });
      },
      lock(key) {
        const row = positions.get(at(key));
        return Promise.resolve(row === undefined ? undefined : { next: row.next, epoch: row.epoch });
      },
      move(key, next) {
        const row = positions.get(at(key));
        if (row !== undefined) positions.set(at(key), { ...row, next });
        return Promise.resolve();
      },
      logs: (consumer) =>
        Promise.resolve([
          ...new Set(positions.values().filter((row) => row.key.consumer === consumer).map((row) => row.key.logId)),
        ]),
    },
    deadLetters: {
      park(letter) {
        const key = keyOf(letter.consumer, letter.message.topic, letter.message.partition, letter.message.position);
        if (letters.get(key) === undefined) letters.set(key, { ...letter, id: letters.values().length + 1 });
        return Promise.resolve();
      },
      count: () => Promise.resolve(letters.values().length),
      list: (limit) => Promise.resolve(letters.values().sort((a, b) => a.id - b.id).slice(0, limit)),
    },
  };
}

export function memoryLeases(database: MemoryDatabase): Leases {
  const leases = database.table<{ owner: string; until: number }>();
  return {
    take: (name, owner, now, until) =>
      database.transaction(() => {
        const held = leases.get(name);
        if (held !== undefined && held.owner !== owner && held.until > now) return Promise.resolve(false);
        leases.set(name, { owner, until });
        return Promise.resolve(true);
      }),
    release: (name, owner) =>
      database.transaction(() => {
        if (leases.get(name)?.owner === owner) leases.delete(name);
        return Promise.resolve();
      }),
  };
}
