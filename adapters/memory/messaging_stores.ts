import { Fenced } from "@/application/faults.ts";
import type { Fence, Leases } from "@/application/messaging/leases/ports.ts";
import type { DeadLetterReader, DeadLetterStores } from "@/application/messaging/dead_letters/ports.ts";
import type { PositionKey } from "@/application/messaging/consuming/ports.ts";
import { keyOf, type MemoryDatabase, type Table } from "./database.ts";
import { type DeadLetterRow, memoryDeadLetters } from "./dead_letters.ts";

type PositionRow = { key: PositionKey; next: string | undefined; epoch: number };
export type MemoryConsumerStores = {
  stores: DeadLetterStores;
  letters: DeadLetterReader;
  rows: { positions: Table<PositionRow>; letters: Table<DeadLetterRow> };
};

/** Positions and dead letters, and the letters outside transactions. */
export function memoryConsumerStores(database: MemoryDatabase): MemoryConsumerStores {
  const positions = database.table<PositionRow>();
  const { deadLetters, deadLetterDesk, letters, letterRows } = memoryDeadLetters(database);
  const at = ({ consumer, version, logId, topic, partition }: PositionKey) =>
    keyOf(consumer, version, logId, topic, partition);
  const stores: DeadLetterStores = {
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
    deadLetterDesk,
  };
  return { stores, letters, rows: { positions, letters: letterRows } };
}

type Lease = { name: string; owner: string; until: number; epoch: number };

/** Leases by a clock (ms), and the check of them inside a transaction. */
export function memoryLeases(database: MemoryDatabase, now: () => number): { leases: Leases; fence: Fence } {
  const rows = database.table<Lease>();
  return {
    leases: {
      take: (owner, names, duration) =>
        database.transaction(() => {
          const taken = new Map<string, number>();
          for (const name of names) {
            const held = rows.get(name) ?? { owner: "", until: 0, epoch: 0 };
            if (held.owner !== owner && held.until > now()) continue;
            const epoch = held.owner === owner ? held.epoch : held.epoch + 1;
            rows.set(name, { name, owner, until: now() + duration, epoch });
            taken.set(name, epoch);
          }
          return Promise.resolve(taken);
        }),
      release: (owner, names) =>
        database.transaction(() => {
          for (const name of names) {
            const held = rows.get(name);
            if (held?.owner === owner) rows.set(name, { ...held, owner: "", until: 0 });
          }
          return Promise.resolve();
        }),
      owners(prefix) {
        const held = rows.values().filter(({ name, until }) => name.startsWith(prefix) && until > now());
        return Promise.resolve(new Map(held.map(({ name, owner }) => [name, owner])));
      },
    },
    fence: {
      check(epochs) {
        const lost = [...epochs].filter(([name, epoch]) => rows.get(name)?.epoch !== epoch).map(([name]) => name);
        if (lost.length > 0) throw new Fenced(`${lost.join(", ")} has another owner`);
        return Promise.resolve();
      },
    },
  };
}
