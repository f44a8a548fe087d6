import { decode } from "@/application/messaging/wire/codec.ts";
import type { Envelope } from "@/application/messaging/wire/envelope.ts";
import type { Incoming, Outgoing } from "@/application/messaging/wire/event_log.ts";

/** A message that had its effect in a transaction, by the consumer and the epoch of its owner. */
export type Taken = { consumer: string; message: Incoming };
export type Move = { consumer: string; topic: string; partition: number; next: string; epoch: number };
export type Claim = { consumer: string; topic: string; partition: number; epoch: number };
/** How many messages each partition (`topic/partition`) had. */
export type Ends = Map<string, number>;

export type StoreName = "web" | "trend" | "recommendation";

/** A transaction that was stored. */
export type Commit = {
  store: StoreName;
  by: string;
  /** Of the projection, to which all that it says of positions belongs. */
  version: number;
  /** Where it began an attempt to fill another version: what was in the log. */
  began?: Ends;
  /** The version that readers see by it. */
  switched?: number;
  /** Rows of versions above this one were removed, or some of them. */
  clearedAbove?: number;
  /** Whether anything was written at all. */
  wrote: boolean;
  claims: Claim[];
  moves: Move[];
  taken: Taken[];
  said: Outgoing[];
  /** Keys (hexadecimal) whose letters were removed with their reader. */
  forgotten: string[];
};

/** A command and what its sender knows of it. `act`: the id that makes repetitions one. */
export type Sent = {
  command: string;
  type: string;
  via: "bus" | "topic";
  act?: string;
  /** Whether it may be a repetition of what was said before, which has no event of its own. */
  repeats: boolean;
  answer: "done" | "rejected" | "unknown";
  /** Ids of the events that the answer named. */
  events: string[];
};

/** What happened, in the order in which it happened. */
export type History = {
  commits: Commit[];
  sent: Sent[];
  /** Per partition (`topic/partition`) every message of the log. */
  log: Map<string, Incoming[]>;
};

const envelopes = new WeakMap<Outgoing, ReturnType<typeof decode>>();
/** The envelope of a message, read once: the checks ask for each many times. */
export function envelopeOf(message: Outgoing): Envelope | undefined {
  const read = envelopes.get(message) ?? decode(message);
  envelopes.set(message, read);
  return read.ok ? read.value : undefined;
}

export const createHistory = (): History => ({ commits: [], sent: [], log: new Map() });
export const placeOf = ({ topic, partition }: { topic: string; partition: number }): string => `${topic}/${partition}`;
