import type { Encoded } from "./envelope.ts";

/** A message with the topic that it goes to. */
export type Outgoing = Encoded & { topic: string };

/** A message as read from a log. `position` and `next` are opaque: only the log compares positions. */
export type Incoming = Outgoing & { partition: number; position: string; next: string; timestamp: number };

/** Messages of one partition, in order, at least one. `from`: where reading began, as `open` or the last `handle` said. */
export type Batch = { topic: string; partition: number; from: string | undefined; messages: Incoming[] };

/** How long an append may take: whoever takes over from another waits for so long. */
export const MAX_APPEND_MS = 5_000;

/** The event log: topics of partitions; messages with equal keys share a partition and keep their order. */
export interface EventLog {
  /** Names this log for good; stored positions belong to it. Rejects with `Unavailable` while the log does not answer. */
  id(): Promise<string>;
  /**
   * Stores the messages, in this order within each key, before it resolves. May have stored some of them when it fails: with
   * `Refused` when one among them can never be stored as it is. Is over within `MAX_APPEND_MS`, and stores nothing later.
   */
  append(messages: Outgoing[]): Promise<void>;
  /** Reads topics as a member of a group: members share the partitions, each partition has one owner at a time. */
  subscribe(subscription: Subscription): Consumer;
  /** How many messages there are from each cursor on, as of a moment ago. */
  lag(cursors: Cursor[]): Promise<number[]>;
}

/** Where somebody reads next in a partition; undefined: from the beginning. */
export type Cursor = { topic: string; partition: number; next: string | undefined };

export interface Subscription {
  group: string;
  /** The group comes once only, and the log need not keep messages for it. */
  ephemeral?: boolean;
  topics: string[];
  /** Called at each assignment, before the first batch: where to read from, or undefined for the beginning. */
  open(topic: string, partition: number): Promise<string | undefined>;
  /**
   * Handles a batch, or its beginning when the reader is to stop, and says where to read next. When it rejects, the partition is
   * opened anew after a pause.
   */
  handle(batch: Batch): Promise<string>;
}

/**
 * How a member of a group fares; partitions as `topic/partition`. `halted`: those whose log has a gap where the reader left
 * off, which are not read on. `reachable`: the log has answered lately.
 */
export type MemberState = { assigned: string[]; halted: string[]; reachable: boolean };

export interface Consumer {
  /** Resolves when the member has joined its group. */
  joined: Promise<void>;
  state(): MemberState;
  /** Finishes the batch at hand, hands its partitions over and leaves the group. */
  stop(): Promise<void>;
}
