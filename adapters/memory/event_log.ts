import { Refused } from "@/application/faults.ts";
import type { Clock } from "@/application/ports.ts";
import type { Consumer, EventLog, Incoming, Subscription } from "@/application/messaging/wire/event_log.ts";
import type { LogHistory } from "@/application/messaging/rebuild/ports.ts";
import { createChanges } from "@/application/changes.ts";
import { wait } from "./wait.ts";

type Place = { topic: string; partition: number };
type Group = { members: string[]; owner: Map<string, string>; wake: Set<() => void> };
const nameOf = ({ topic, partition }: Place): string => `${topic}/${partition}`;
const PAUSE = 5;
const MESSAGES = 100;

/**
 * `expel`: the group goes on without this member, as a broker does with one that is not heard of; a member that is still
 * there finds that out after the batch at hand, and joins again.
 */
export type MemoryConsumer = Consumer & { expel(): void };
/** `truncate` removes a partition's messages below a position, as retention does. */
export type MemoryLog = Omit<EventLog, "subscribe"> & LogHistory & {
  subscribe(subscription: Subscription): MemoryConsumer;
  truncate(topic: string, partition: number, below: number): Promise<void>;
};
type Options = { partitions?: number; id?: string; largest?: number } & Partial<Clock>;

/** The event log in memory: topics of partitions, groups that share them. Takes values of at most `largest` bytes. */
export function createMemoryLog(
  { partitions = 4, id = "memory-log", now = () => 0, sleep = wait, largest = Infinity }: Options = {},
): MemoryLog {
  const messages = new Map<string, Incoming[]>();
  const removed = new Map<string, number>();
  const groups = new Map<string, Group>();
  const watchers = new Set<() => void>();
  let turn = 0;
  let member = 0;

  function group(name: string): Group {
    const known = groups.get(name) ?? { members: [], owner: new Map(), wake: new Set() };
    groups.set(name, known);
    return known;
  }

  const firstOf = (place: Place): number => removed.get(nameOf(place)) ?? 0;
  const endOf = (place: Place): number => firstOf(place) + (messages.get(nameOf(place)) ?? []).length;

  return {
    id: () => Promise.resolve(id),
    append(added) {
      const size = Math.max(0, ...added.map(({ value }) => value?.byteLength ?? 0));
      if (size > largest) return Promise.reject(new Refused(`wanted at most ${largest} bytes, found ${size}`));
      for (const { topic, key, headers, value } of added) {
        const partition = key === null
          ? turn++ % partitions
          : key.reduce((sum, byte) => (sum * 31 + byte) >>> 0, 7) % partitions;
        const list = messages.get(nameOf({ topic, partition })) ?? [];
        const position = endOf({ topic, partition });
        list.push({
          topic,
          partition,
          key,
          headers,
          value,
          position: String(position),
          next: String(position + 1),
          timestamp: now(),
        });
        messages.set(nameOf({ topic, partition }), list);
      }
      watchers.forEach((wake) => wake());
      return Promise.resolve();
    },
    subscribe: (subscription) =>
      follow(
        subscription,
        group(subscription.group),
        `m${++member}`,
        { messages, removed },
        watchers,
        partitions,
        sleep,
      ),
    lag: (places) =>
      Promise.resolve(
        places.map(({ next, ...place }) => Math.max(0, endOf(place) - Math.max(firstOf(place), Number(next ?? 0)))),
      ),
    partitions: (topics) =>
      Promise.resolve(topics.flatMap((topic) =>
        Array.from({ length: partitions }, (_, partition) => {
          const first = firstOf({ topic, partition });
          return { topic, partition, first: String(first), whole: first === 0 };
        })
      )),
    has: (places) =>
      Promise.resolve(
        places.map(({ next, ...place }) => Number(next ?? 0) >= firstOf(place) && Number(next ?? 0) <= endOf(place)),
      ),
    begins: (places) =>
      Promise.resolve(Math.max(...places.map((place) => messages.get(nameOf(place))?.[0]?.timestamp ?? Infinity))),
    truncate(topic, partition, below) {
      const place = { topic, partition };
      messages.get(nameOf(place))?.splice(0, below - firstOf(place));
      removed.set(nameOf(place), below);
      return Promise.resolve();
    },
  };
}

function follow(
  { topics, open, handle }: Subscription,
  group: Group,
  member: string,
  { messages, removed }: { messages: Map<string, Incoming[]>; removed: Map<string, number> },
  watchers: Set<() => void>,
  partitions: number,
  sleep: Clock["sleep"],
): MemoryConsumer {
  const changes = createChanges({ sleep });
  const stopping = new AbortController();
  const places = topics.flatMap((topic) =>
    Array.from({ length: partitions }, (_, partition) => ({ topic, partition }))
  );
  const next = new Map<string, string | undefined>();
  const halted = new Set<string>();
  group.wake.add(changes.notify);
  watchers.add(changes.notify);
  join();

  function join(): void {
    group.members.push(member);
    group.wake.forEach((wake) => wake());
  }

  function leave(): void {
    if (group.members.includes(member)) group.members.splice(group.members.indexOf(member), 1);
    for (const [name, owner] of group.owner) if (owner === member) group.owner.delete(name);
    group.wake.forEach((wake) => wake());
  }

  /** Gives up what is another's by now, takes what is its own and free. */
  function settle(): void {
    for (const [at, place] of places.entries()) {
      const name = nameOf(place);
      const mine = group.members[at % group.members.length] === member;
      if (!mine && group.owner.get(name) === member) {
        group.owner.delete(name);
        next.delete(name);
        group.wake.forEach((wake) => wake());
      } else if (mine && !group.owner.has(name)) group.owner.set(name, member);
    }
  }

  async function advance(place: Place): Promise<boolean> {
    const name = nameOf(place);
    if (group.owner.get(name) !== member) return false;
    try {
      if (!next.has(name)) next.set(name, await open(place.topic, place.partition));
      const from = next.get(name);
      const first = removed.get(name) ?? 0;
      const at = Number(from ?? first) - first;
      if (at < 0 || at > (messages.get(name) ?? []).length) {
        halted.add(name);
        return false;
      }
      const batch = (messages.get(name) ?? []).slice(at, at + MESSAGES);
      if (batch.length === 0) return false;
      next.set(name, await handle({ ...place, from, messages: batch }));
    } catch {
      // Whatever was not handled is handed out again, from where the reader says.
      next.delete(name);
      await sleep(PAUSE);
    }
    return true;
  }

  /** What it owned is somebody else's now, or has to be opened anew. */
  function rejoin(): void {
    next.clear();
    join();
  }

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      if (!group.members.includes(member)) rejoin();
      settle();
      const advanced = await Promise.all(places.map(advance));
      if (!advanced.includes(true)) await changes.wait(1_000, stopping.signal);
    }
  }

  const done = loop();
  return {
    joined: Promise.resolve(),
    state: () => ({
      assigned: places.map(nameOf).filter((name) => group.owner.get(name) === member),
      halted: [...halted].filter((name) => group.owner.get(name) === member),
      reachable: true,
    }),
    async stop() {
      stopping.abort();
      await done;
      watchers.delete(changes.notify);
      group.wake.delete(changes.notify);
      leave();
    },
    expel: leave,
  };
}
