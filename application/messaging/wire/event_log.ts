import type { Encoded } from "./envelope.ts";

/** A message to append to a topic. */
export type Outgoing = Encoded & { topic: string };

/** A message read from a topic. `position` and `next` are opaque: only the log compares positions. */
export type Incoming = Outgoing & { partition: number; position: string; next: string; timestamp: number };

/** Messages of one partition in order, at least one. `from`: the position that `open` or the last `handle` returned. */
export type Batch = { topic: string; partition: number; from: string | undefined; messages: Incoming[] };

/** How long an append may take. A new owner of a shard waits this long for the append of the former one. */
export const MAX_APPEND_MS = 5_000;

/** The event log. Topics have partitions. Messages with the same key are in one partition and keep their order. */
export interface EventLog {
  /** Returns the permanent id of this log, to which stored positions belong. Rejects with `Unavailable` during an outage. */
  id(): Promise<string>;
  /**
   * Appends messages in order per key. Some may be stored when it rejects. It rejects with `Refused` when the log will never take
   * one of them. Ends within `MAX_APPEND_MS` and stores nothing afterwards.
   */
  append(messages: Outgoing[]): Promise<void>;
  /** Joins a consumer group. Its members share the partitions. Each partition has one owner at a time. */
  subscribe(subscription: Subscription): Consumer;
  /** Returns the current partitions of the topics. */
  partitions(topics: string[]): Promise<Partition[]>;
  /** Returns the lag of each cursor in messages. It may be slightly outdated. */
  lag(cursors: Cursor[]): Promise<number[]>;
}

/** A partition. `first`: the position of its oldest message, or of the next one when it is empty. `whole`: no message was removed. */
export type Partition = { topic: string; partition: number; first: string; whole: boolean };

/** Returns a partition's name. */
export const partitionName = ({ topic, partition }: Pick<Partition, "topic" | "partition">): string =>
  `${topic}/${partition}`;

/** The next position to read of a partition. `undefined` means the beginning. */
export type Cursor = { topic: string; partition: number; next: string | undefined };

export interface Subscription {
  group: string;
  /** The group is used once, so the log keeps no messages for it. */
  ephemeral?: boolean;
  topics: string[];
  /** Returns the position to read from, or undefined for the beginning. Called at each assignment, before the first batch. */
  open(topic: string, partition: number): Promise<string | undefined>;
  /**
   * Handles a batch, or only its beginning when the consumer stops. Returns the next position to read. When it rejects, the
   * partition is opened again after a pause.
   */
  handle(batch: Batch): Promise<string>;
  /** Moves the position over offsets without messages, such as transaction markers, so that they do not count as lag. */
  advance?(range: EmptyRange): Promise<void>;
}

/** Two positions of a partition without a message between them. */
export type EmptyRange = { topic: string; partition: number; from: string | undefined; next: string };

/**
 * The state of a group member. `halted`: partitions with a gap in the log at their cursor. `stuck`: partitions whose next record
 * cannot be decoded. `failing`: why the member reads nothing although the log answers. `reachable`: the log has answered recently.
 */
export type MemberState = {
  assigned: string[];
  halted: string[];
  stuck: StuckPartition[];
  failing?: string | undefined;
  reachable: boolean;
};

/** A partition whose record at `position` cannot be decoded. The other partitions are read meanwhile. */
export type StuckPartition = { name: string; position: string; reason: string; remedy: string; since: number };

/** Returns what an operator can do about a stuck partition. `endIsKnown`: the log knows the position after the record. */
export const remedyFor = (name: string, position: string, { endIsKnown }: { endIsKnown: boolean }): string =>
  endIsKnown
    ? `deno task dead-letters park ${name}@${position} parks it`
    : `mend the cause, or deno task dead-letters park ${name}@${position} --to POSITION passes over all before POSITION`;

/** The owner of a partition: this member, another one of the suite, or a foreign member of the group. `name` is for people. */
export type Owner = { kind: "self" | "suite" | "stranger"; name: string };

export interface Consumer {
  /** Resolves when the member has joined its group. */
  joined: Promise<void>;
  state(): MemberState;
  /** Returns the live owners of the group's partitions, by `topic/partition`. */
  owners(): Promise<Map<string, Owner>>;
  /** Finishes the current batch and leaves the group. */
  stop(): Promise<void>;
}
