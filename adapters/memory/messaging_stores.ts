import type { ConsumerStores } from "@/application/messaging/guard.ts";
import type { Leases, LetterView, PositionKey } from "@/application/messaging/ports.ts";
import { keyOf, type MemoryDatabase } from "./database.ts";
import { memoryLetters } from "./letters.ts";

/** Positions and dead letters, and the letters outside transactions. */
export function memoryConsumerStores(database: MemoryDatabase): { stores: ConsumerStores; letters: LetterView } {
  const positions = database.table<{ key: PositionKey; next: string | undefined; epoch: number }>();
  const { deadLetters, letterDesk, letters } = memoryLetters(database);
  const at = ({ consumer, version, logId, topic, partition }: PositionKey) =>
    keyOf(consumer, version, logId, topic, partition);
  const stores: ConsumerStores = {
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
    deadLetters,
    letterDesk,
  };
  return { stores, letters };
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
