import type { Encoded } from "./envelope.ts";

/** A message with the topic that it goes to. */
export type Outgoing = Encoded & { topic: string };

/** A message as read from a log. `position` and `next` are opaque: only the log compares positions. */
export type Incoming = Outgoing & { partition: number; position: string; next: string; timestamp: number };

/** Messages of one partition, in order, at least one. `from`: the cursor that `open` or the last `handle` returned. */
export type Batch = { topic: string; partition: number; from: string | undefined; messages: Incoming[] };

/** How long an append may take. A new owner of a shard waits this long for the append of the former one. */
export const MAX_APPEND_MS = 5_000;

/** The event log: topics of partitions; messages with equal keys share a partition and keep their order. */
export interface EventLog {
  /** The id of this log for good, which stored positions belong to. Rejects with `Unavailable` while it does not answer. */
  id(): Promise<string>;
  /**
   * Stores the messages in this order within each key. When it rejects, some may be stored; with `Refused`, one of them can
   * never be stored as it is. Ends within `MAX_APPEND_MS` and stores nothing later.
   */
  append(messages: Outgoing[]): Promise<void>;
  /** Reads topics as a member of a group: members share the partitions, each partition has one owner at a time. */
  subscribe(subscription: Subscription): Consumer;
  /** The partitions that the topics have now, and where each begins. */
  partitions(topics: string[]): Promise<Partition[]>;
  /** How many messages there are from each cursor on, as of a moment ago. */
  lag(cursors: Cursor[]): Promise<number[]>;
}

/** A partition of a topic. `first`: the position of its first message, or of the next one. `whole`: it has lost none. */
export type Partition = { topic: string; partition: number; first: string; whole: boolean };

/** A partition's name. */
export const partitionName = ({ topic, partition }: Pick<Partition, "topic" | "partition">): string =>
  `${topic}/${partition}`;

/** Where to read next in a partition; undefined: the beginning. */
export type Cursor = { topic: string; partition: number; next: string | undefined };

export interface Subscription {
  group: string;
  /** The group is used once, and the log need not keep messages for it. */
  ephemeral?: boolean;
  topics: string[];
  /** Called at each assignment, before the first batch: where to read from, or undefined for the beginning. */
  open(topic: string, partition: number): Promise<string | undefined>;
  /**
   * Handles a batch, or its beginning when the reader stops, and returns where to read next. When it rejects, the partition
   * is opened again after a pause.
   */
  handle(batch: Batch): Promise<string>;
  /** Moves the position over offsets without messages, such as transaction markers, so that they do not count as lag. */
  advance?(range: EmptyRange): Promise<void>;
}

/** Two positions of a partition without a message between them. */
export type EmptyRange = { topic: string; partition: number; from: string | undefined; next: string };

/**
 * The state of a group's member; partitions as `topic/partition`. `halted`: partitions that are not read because the log
 * has a gap at their cursor. `stuck`: those whose next record cannot be read. `failing`: why the member stands still as a whole,
 * though the log answers. `reachable`: the log has answered lately.
 */
export type MemberState = {
  assigned: string[];
  halted: string[];
  stuck: StuckPartition[];
  failing?: string | undefined;
  reachable: boolean;
};

/** A partition that is not read on from a position, as what stands there cannot be read; the other partitions are. */
export type StuckPartition = { name: string; position: string; reason: string; remedy: string; since: number };

/** What an operator does about a partition that is stuck. `endIsKnown`: the log knows where what is stuck ends. */
export const remedyFor = (name: string, position: string, { endIsKnown }: { endIsKnown: boolean }): string =>
  endIsKnown
    ? `deno task dead-letters park ${name}@${position} parks it`
    : `mend the cause, or deno task dead-letters park ${name}@${position} --to POSITION passes over all before POSITION`;

/** Who owns a partition: this member, another one of the suite, or a stranger that has joined the group. `name`: for people. */
export type Owner = { kind: "self" | "suite" | "stranger"; name: string };

export interface Consumer {
  /** Resolves when the member has joined its group. */
  joined: Promise<void>;
  state(): MemberState;
  /** The owners of the group's partitions that are alive, by `topic/partition`. */
  owners(): Promise<Map<string, Owner>>;
  /** Finishes its batch, hands its partitions over and leaves the group. */
  stop(): Promise<void>;
}
