import { Refused } from "@/application/messaging/faults.ts";
import type { Clock, Consumer, EventLog, Incoming, Subscription } from "@/application/messaging/ports.ts";
import { createMemoryChanges, waited } from "./changes.ts";

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
export type MemoryLog = Omit<EventLog, "subscribe"> & { subscribe(subscription: Subscription): MemoryConsumer };
type Options = { partitions?: number; id?: string; largest?: number } & Partial<Clock>;

/** The event log in memory: topics of partitions, groups that share them. Takes values of at most `largest` bytes. */
export function createMemoryLog(
  { partitions = 4, id = "memory-log", now = () => 0, sleep = waited, largest = Infinity }: Options = {},
): MemoryLog {
  const messages = new Map<string, Incoming[]>();
  const groups = new Map<string, Group>();
  const watchers = new Set<() => void>();
  let turn = 0;
  let member = 0;

  function group(name: string): Group {
    const known = groups.get(name) ?? { members: [], owner: new Map(), wake: new Set() };
    groups.set(name, known);
    return known;
  }

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
        const position = list.length;
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
      follow(subscription, group(subscription.group), `m${++member}`, messages, watchers, partitions, sleep),
    lag: (places) =>
      Promise.resolve(
        places.map(({ next, ...place }) => (messages.get(nameOf(place)) ?? []).length - Number(next ?? 0)),
      ),
  };
}

function follow(
  { topics, open, handle }: Subscription,
  group: Group,
  member: string,
  messages: Map<string, Incoming[]>,
  watchers: Set<() => void>,
  partitions: number,
  sleep: Clock["sleep"],
): MemoryConsumer {
  const changes = createMemoryChanges(sleep);
  const stopping = new AbortController();
  const places = topics.flatMap((topic) =>
    Array.from({ length: partitions }, (_, partition) => ({ topic, partition }))
  );
  const next = new Map<string, string | undefined>();
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
      const batch = (messages.get(name) ?? []).slice(Number(from ?? 0), Number(from ?? 0) + MESSAGES);
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
      let advanced = false;
      for (const place of places) if (!stopping.signal.aborted) advanced = await advance(place) || advanced;
      if (!advanced) await changes.wait(1_000, stopping.signal);
    }
  }

  const done = loop();
  return {
    joined: Promise.resolve(),
    state: () => ({
      assigned: places.map(nameOf).filter((name) => group.owner.get(name) === member),
      halted: [],
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
