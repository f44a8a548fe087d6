import type { Envelope } from "@/application/messaging/wire/envelope.ts";
import type { Incoming } from "@/application/messaging/wire/event_log.ts";
import type { DeadLetter } from "./ports.ts";

/** A message to be handled. `time` in milliseconds: the event's own, or its arrival. `data`: as the sink has checked it. */
export type Received = { envelope: Envelope; message: Incoming; time: number; data: unknown };

/** What to do with a message: handle it, park it as a dead letter, or skip it because its type is not the sink's. */
type Classification =
  | { kind: "handle"; data: unknown }
  | { kind: "park"; reason: DeadLetter["reason"]; detail: string }
  | { kind: "skip" };

/**
 * The order of a message among those of its key: in their order, in none, or first, as it must not wait. A parked message
 * blocks the later ones of its key, unless its order is `none`.
 */
export type Order = "by-key" | "none" | "first";

/** A message that is given up because it could not be handled, and why. */
export type Failed = { envelope: Envelope; detail: string };

/** What one transaction of a sink does. */
export type Handling<Stores> = {
  /** Messages whose effects are stored. */
  received: Received[];
  /** Messages that are given up in this transaction. A sink whose messages are answered answers them too. */
  failed: Failed[];
  /** Called before the effects. When it rejects, nothing is stored. */
  before(stores: Stores): Promise<void>;
  /** Called after the effects. When it rejects, nothing is stored. */
  after(stores: Stores): Promise<void>;
};

/** Where a consumer's messages go. `Stores`: what its transactions offer to `before` and `after`. */
export interface Sink<Stores> {
  /** The types that it handles. */
  types: string[];
  /** How many messages may share a transaction. */
  maxMessages: number;
  classify(envelope: Envelope): Classification;
  order(envelope: Envelope): Order;
  /** Does all of it in one transaction. Returns the messages that are known to have been handled before. */
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
