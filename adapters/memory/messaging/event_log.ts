import { Refused } from "@/application/faults.ts";
import type { Clock } from "@/application/ports.ts";
import type { EventLog, Subscription } from "@/application/messaging/wire/event_log.ts";
import type { LogHistory } from "@/application/messaging/rebuild/ports.ts";
import { DAMAGED, type Group, joinGroup, type MemoryConsumer } from "./group_member.ts";
import { StoredPartitions } from "./partitions.ts";
import { wait } from "./wait.ts";

/** `truncate` removes a partition's messages below a position, as retention does. `damage` makes one message unreadable. */
export type MemoryLog = Omit<EventLog, "subscribe"> & LogHistory & {
  subscribe(subscription: Subscription): MemoryConsumer;
  truncate(topic: string, partition: number, below: number): Promise<void>;
  damage(topic: string, partition: number, position: number): Promise<void>;
};
type Options = { partitions?: number; id?: string; largest?: number } & Partial<Clock>;

/** Creates an event log in memory with partitions and consumer groups. It refuses values of more than `largest` bytes. */
export function createMemoryLog(
  { partitions = 4, id = "memory-log", now = () => 0, sleep = wait, largest = Infinity }: Options = {},
): MemoryLog {
  const stored = new StoredPartitions();
  const groups = new Map<string, Group>();
  const watchers = new Set<() => void>();
  let withoutKey = 0;
  let members = 0;

  function groupOf(name: string): Group {
    const group = groups.get(name) ?? { members: [], owner: new Map(), wake: new Set() };
    groups.set(name, group);
    return group;
  }

  return {
    id: () => Promise.resolve(id),
    append(added) {
      const size = Math.max(0, ...added.map(({ value }) => value?.byteLength ?? 0));
      if (size > largest) return Promise.reject(new Refused(`wanted at most ${largest} bytes, found ${size}`));
      for (const { topic, key, headers, value } of added) {
        const partition = (key === null ? withoutKey++ : hashOf(key)) % partitions;
        stored.append({ topic, partition }, { key, headers, value, timestamp: now() });
      }
      watchers.forEach((wake) => wake());
      return Promise.resolve();
    },
    subscribe: (subscription) =>
      joinGroup(subscription, {
        group: groupOf(subscription.group),
        member: `m${++members}`,
        stored,
        watchers,
        partitions,
        sleep,
      }),
    lag: (cursors) =>
      Promise.resolve(
        cursors.map(({ next, ...partition }) =>
          Math.max(0, stored.end(partition) - Math.max(stored.first(partition), Number(next ?? 0)))
        ),
      ),
    partitions: (topics) =>
      Promise.resolve(topics.flatMap((topic) =>
        Array.from({ length: partitions }, (_, partition) => {
          const first = stored.first({ topic, partition });
          return { topic, partition, first: String(first), whole: first === 0 };
        })
      )),
    has: (cursors) =>
      Promise.resolve(
        cursors.map(({ next, ...partition }) =>
          Number(next ?? 0) >= stored.first(partition) && Number(next ?? 0) <= stored.end(partition)
        ),
      ),
    begins: (places) => Promise.resolve(Math.max(...places.map((partition) => stored.beginsAt(partition)))),
    truncate: (topic, partition, below) => Promise.resolve(stored.truncate({ topic, partition }, below)),
    damage: (topic, partition, position) => Promise.resolve(stored.damage({ topic, partition }, position)),
    unreadableAt({ next, ...partition }) {
      const position = Number(next ?? stored.first(partition));
      const found = stored.isDamaged(partition, position) ? stored.get(partition, position) : undefined;
      return Promise.resolve(found === undefined ? undefined : { ...found, reason: DAMAGED });
    },
  };
}

const hashOf = (key: Uint8Array): number => key.reduce((sum, byte) => (sum * 31 + byte) >>> 0, 7);
