import type { Envelope } from "@/application/messaging/wire/envelope.ts";
import type { Incoming } from "@/application/messaging/wire/event_log.ts";
import type { DeadLetter } from "./ports.ts";

/** A message to handle. `time`: the event's time or else its arrival, in milliseconds. `data`: the data as parsed by the sink. */
export type Received = { envelope: Envelope; message: Incoming; time: number; data: unknown };

/** What to do with a message: handle it, park it as a dead letter, or skip it because the sink does not know its type. */
export type Classification =
  | { kind: "handle"; data: unknown }
  | { kind: "park"; reason: DeadLetter["reason"]; detail: string }
  | { kind: "skip" };

/**
 * The ordering of a message within its key. `by-key` and `first` messages block later ones of their key when they are parked.
 * `first` and `none` messages never wait behind a parked one.
 */
export type Order = "by-key" | "none" | "first";

/** A message that is given up, and why it could not be handled. */
export type Failed = { envelope: Envelope; detail: string };

/** The content of one transaction of a sink. */
export type Handling<Stores> = {
  /** The messages to handle. */
  received: Received[];
  /** The messages that are given up in this transaction. A sink of commands also answers these. */
  failed: Failed[];
  /** Called before the effects. When it rejects, nothing is stored. */
  before(stores: Stores): Promise<void>;
  /** Called after the effects. When it rejects, nothing is stored. */
  after(stores: Stores): Promise<void>;
};

/** The target of a consumer's messages. `Stores`: the stores that its transactions pass to `before` and `after`. */
export interface Sink<Stores> {
  /** The message types that it handles. */
  types: string[];
  /** How many messages may share a transaction. */
  maxMessages: number;
  classify(envelope: Envelope): Classification;
  order(envelope: Envelope): Order;
  /** Handles all of it in one transaction. Returns the received messages that are known duplicates. */
  handle(handling: Handling<Stores>): Promise<Received[]>;
}

const VERSIONED = /^(.+)\.v(\d+)$/;

/** Skips an unknown type. Parks a known type of another major version until a release can read it. */
export function classifyType({ type, data }: Envelope, known: string[]): Classification {
  if (known.includes(type)) return { kind: "handle", data };
  const name = VERSIONED.exec(type)?.[1];
  const sibling = known.find((other) => VERSIONED.exec(other)?.[1] === name);
  if (name === undefined || sibling === undefined) return { kind: "skip" };
  return { kind: "park", reason: "unknown-version", detail: `wanted ${sibling}, found ${type}` };
}
