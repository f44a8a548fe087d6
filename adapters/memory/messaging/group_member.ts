import type { Clock } from "@/application/ports.ts";
import {
  type Consumer,
  type MemberState,
  type Owner,
  partitionName,
  remedyFor,
  type StuckPartition,
  type Subscription,
} from "@/application/messaging/wire/event_log.ts";
import { createChanges } from "@/application/shared/concurrency/changes.ts";
import type { Partition, StoredPartitions } from "./partitions.ts";

/** A consumer group: its members in the order of joining, the owner of each partition, and how to wake the members. */
export type Group = { members: string[]; owner: Map<string, string>; wake: Set<() => void> };

/** `expel` removes the member from its group, as a broker does without heartbeats. The member rejoins after its current batch. */
export type MemoryConsumer = Consumer & { expel(): void };

type MemberDeps = {
  group: Group;
  member: string;
  stored: StoredPartitions;
  /** Called when a message is appended. */
  watchers: Set<() => void>;
  partitions: number;
  sleep: Clock["sleep"];
};

/** Why a message cannot be read. */
export const DAMAGED = "the message is damaged";
const RETRY_PAUSE_MS = 5;
const MAX_WAIT_MS = 1_000;
const MAX_BATCH_MESSAGES = 100;

/** Joins a group and reads the owned partitions until it is stopped. */
export function joinGroup(subscription: Subscription, deps: MemberDeps): MemoryConsumer {
  const member = new GroupMember(subscription, deps);
  const done = member.run();
  return {
    joined: Promise.resolve(),
    state: () => member.state(),
    owners: () => Promise.resolve(member.owners()),
    async stop() {
      member.stop();
      await done;
      member.close();
    },
    expel: () => member.leave(),
  };
}

class GroupMember {
  readonly #subscription: Subscription;
  readonly #deps: MemberDeps;
  readonly #changes: ReturnType<typeof createChanges>;
  readonly #stopping = new AbortController();
  readonly #partitions: Partition[];
  readonly #next = new Map<string, string | undefined>();
  readonly #halted = new Set<string>();
  readonly #stuck = new Map<string, StuckPartition>();

  constructor(subscription: Subscription, deps: MemberDeps) {
    this.#subscription = subscription;
    this.#deps = deps;
    this.#changes = createChanges(deps);
    this.#partitions = subscription.topics.flatMap((topic) =>
      Array.from({ length: deps.partitions }, (_, partition) => ({ topic, partition }))
    );
    deps.group.wake.add(this.#changes.notify);
    deps.watchers.add(this.#changes.notify);
    this.#join();
  }

  state(): MemberState {
    const owned = (name: string) => this.#owns(name);
    return {
      assigned: this.#partitions.map(partitionName).filter(owned),
      halted: [...this.#halted].filter(owned),
      stuck: [...this.#stuck.values()].filter(({ name }) => owned(name)),
      reachable: true,
    };
  }

  owners(): Map<string, Owner> {
    const { group, member } = this.#deps;
    const ownerOf = (name: string): Owner => ({ kind: name === member ? "self" : "suite", name });
    return new Map([...group.owner].map(([partition, name]) => [partition, ownerOf(name)]));
  }

  async run(): Promise<void> {
    const { group, member } = this.#deps;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      if (!group.members.includes(member)) this.#rejoin();
      this.#rebalance();
      const advanced = await Promise.all(this.#partitions.map((partition) => this.#advance(partition)));
      if (!advanced.includes(true)) await this.#changes.wait(MAX_WAIT_MS, signal);
    }
  }

  stop(): void {
    this.#stopping.abort();
  }

  /** Leaves the group and stops listening for changes. */
  close(): void {
    const { group, watchers } = this.#deps;
    watchers.delete(this.#changes.notify);
    group.wake.delete(this.#changes.notify);
    this.leave();
  }

  leave(): void {
    const { group, member } = this.#deps;
    if (group.members.includes(member)) group.members.splice(group.members.indexOf(member), 1);
    for (const [name, owner] of group.owner) if (owner === member) group.owner.delete(name);
    this.#wakeGroup();
  }

  #owns(name: string): boolean {
    return this.#deps.group.owner.get(name) === this.#deps.member;
  }

  #wakeGroup(): void {
    this.#deps.group.wake.forEach((wake) => wake());
  }

  #join(): void {
    this.#deps.group.members.push(this.#deps.member);
    this.#wakeGroup();
  }

  /** Joins again. Forgets all positions, so that each partition is opened again. */
  #rejoin(): void {
    this.#next.clear();
    this.#join();
  }

  /** Revokes partitions that are assigned to another member, and claims its own that are free. */
  #rebalance(): void {
    const { group, member } = this.#deps;
    for (const [at, partition] of this.#partitions.entries()) {
      const name = partitionName(partition);
      const mine = group.members[at % group.members.length] === member;
      if (!mine && this.#owns(name)) {
        group.owner.delete(name);
        this.#next.delete(name);
        this.#wakeGroup();
      } else if (mine && !group.owner.has(name)) group.owner.set(name, member);
    }
  }

  /** Handles one batch of a partition. Returns false when there was none. */
  async #advance(partition: Partition): Promise<boolean> {
    const { stored, sleep } = this.#deps;
    const { open, handle } = this.#subscription;
    const name = partitionName(partition);
    if (!this.#owns(name)) return false;
    try {
      if (!this.#next.has(name)) this.#next.set(name, await open(partition.topic, partition.partition));
      const from = this.#next.get(name);
      const position = Number(from ?? stored.first(partition));
      if (position < stored.first(partition) || position > stored.end(partition)) {
        this.#halted.add(name);
        return false;
      }
      if (stored.isDamaged(partition, position)) return this.#rest(name, position);
      this.#stuck.delete(name);
      const messages = stored.read(partition, position, MAX_BATCH_MESSAGES);
      if (messages.length === 0) return false;
      this.#next.set(name, await handle({ ...partition, from, messages }));
    } catch {
      // The failed batch is read again, from the position that `open` returns.
      this.#next.delete(name);
      await sleep(RETRY_PAUSE_MS);
    }
    return true;
  }

  /** Records a stuck partition. Each retry opens it again, as an operator may have parked the message. */
  #rest(name: string, position: number): boolean {
    const place = String(position);
    const remedy = remedyFor(name, place, { endIsKnown: true });
    this.#stuck.set(name, { name, position: place, reason: DAMAGED, remedy, since: 0 });
    this.#next.delete(name);
    return false;
  }
}
