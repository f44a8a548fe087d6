import { Fenced } from "@/application/faults.ts";
import type { Fence, Leases } from "@/application/messaging/leases/ports.ts";
import type { DeadLetterReader, DeadLetterStores } from "@/application/messaging/dead_letters/ports.ts";
import type { Inbox } from "@/application/messaging/commands/ports.ts";
import type { PositionKey } from "@/application/messaging/consuming/ports.ts";
import { keyOf, type MemoryDatabase, type Table } from "./database.ts";
import { type DeadLetterRow, memoryDeadLetters } from "./dead_letters.ts";

type PositionRow = { key: PositionKey; next: string | undefined; epoch: number };
export type MemoryConsumerStores = {
  stores: DeadLetterStores;
  letters: DeadLetterReader;
  rows: { positions: Table<PositionRow>; letters: Table<DeadLetterRow> };
};

/** Creates the positions and dead letters of a transaction, and the reader of dead letters outside of transactions. */
export function memoryConsumerStores(database: MemoryDatabase): MemoryConsumerStores {
  const positions = database.table<PositionRow>();
  const { deadLetters, deadLetterClosing, letters, letterRows } = memoryDeadLetters(database);
  const rowKey = ({ consumer, version, logId, topic, partition }: PositionKey) =>
    keyOf(consumer, version, logId, topic, partition);
  const stores: DeadLetterStores = {
    positions: {
      claim(key) {
        const { next, epoch } = positions.get(rowKey(key)) ?? { next: undefined, epoch: 0 };
        positions.set(rowKey(key), { key, next, epoch: epoch + 1 });
        return Promise.resolve({ next, epoch: epoch + 1 });
      },
      lock(keys) {
        const rows = keys.map((key) => positions.get(rowKey(key)));
        return Promise.resolve(rows.map((row) => row && { next: row.next, epoch: row.epoch }));
      },
      move(moves) {
        for (const { key, next } of moves) {
          const row = positions.get(rowKey(key));
          if (row !== undefined) positions.set(rowKey(key), { ...row, next });
        }
        return Promise.resolve();
      },
      list: ({ consumer, version, logId }) =>
        Promise.resolve(
          positions.values()
            .filter(({ key }) => key.consumer === consumer && key.version === version && key.logId === logId)
            .map(({ key: { topic, partition }, next }) => ({ topic, partition, next })),
        ),
      versionsAt: (place) =>
        Promise.resolve(
          positions.values().filter(({ key }) => rowKey({ ...place, version: key.version }) === rowKey(key))
            .map(({ key, next }) => ({ version: key.version, next })),
        ),
      logs: (consumer) =>
        Promise.resolve([
          ...new Set(positions.values().filter((row) => row.key.consumer === consumer).map((row) => row.key.logId)),
        ]),
    },
    deadLetters,
    deadLetterClosing,
  };
  return { stores, letters, rows: { positions, letters: letterRows } };
}

/** Creates the inbox. `now`: the store's clock. */
export function memoryInbox(database: MemoryDatabase, now: () => number): Inbox {
  const notedAt = database.table<number>();
  return {
    addNew(consumer, ids) {
      const unseen = new Set(ids.filter((id) => notedAt.get(keyOf(consumer, id)) === undefined));
      for (const id of unseen) notedAt.set(keyOf(consumer, id), now());
      return Promise.resolve(unseen);
    },
    purge(before, most) {
      const old = notedAt.entries().filter(([, time]) => time < before).slice(0, most);
      for (const [key] of old) notedAt.delete(key);
      return Promise.resolve(old.length);
    },
  };
}

type Lease = { name: string; owner: string; until: number; epoch: number };

/** Creates the leases and their fence. `now`: the store's clock. */
export function memoryLeases(database: MemoryDatabase, now: () => number): { leases: Leases; fence: Fence } {
  const rows = database.table<Lease>();
  return {
    leases: {
      take: (owner, names, durationMs) =>
        database.transaction(() => {
          const taken = new Map<string, number>();
          for (const name of names) {
            const lease = rows.get(name) ?? { owner: "", until: 0, epoch: 0 };
            const until = now() + durationMs;
            if (lease.owner !== owner && lease.until > now()) {
              if (lease.until > until) rows.set(name, { ...lease, name, until });
              continue;
            }
            const epoch = lease.owner === owner ? lease.epoch : lease.epoch + 1;
            rows.set(name, { name, owner, until, epoch });
            taken.set(name, epoch);
          }
          return Promise.resolve(taken);
        }),
      release: (owner, names) =>
        database.transaction(() => {
          for (const name of names) {
            const lease = rows.get(name);
            if (lease?.owner === owner) rows.set(name, { ...lease, owner: "", until: 0 });
          }
          return Promise.resolve();
        }),
      owners(prefix, durationMs) {
        const isHeld = (until: number) => until > now() && until <= now() + durationMs;
        const held = rows.values().filter(({ name, until }) => name.startsWith(prefix) && isHeld(until));
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
