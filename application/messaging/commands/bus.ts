import type { Rejection } from "@/domain/rejection.ts";
import type { Handling, Order } from "@/application/messaging/consuming/sink.ts";
import type { Envelope } from "@/application/messaging/wire/envelope.ts";
import type { CommandStores, KeyStores } from "./ports.ts";

/** The result of a command: its events, or why it was rejected. `skipped`: its type has no handler, or it is a duplicate. */
export type Outcome =
  | { kind: "done"; events: Envelope[] }
  | { kind: "rejected"; rejection: Rejection }
  | { kind: "skipped" };

/** Runs after the effects, in their transaction. When it rejects, nothing is stored. A retried transaction calls it again. */
type AfterEffects = (outcomes: Outcome[], stores: KeyStores) => Promise<void>;

/** What a delivery from a topic adds to the transaction: its fencing, and the commands that are given up. */
export type Consumed = Omit<Handling<CommandStores>, "received"> & {
  /** The time of each command, or of its arrival, in milliseconds. */
  times: number[];
};

export type DispatchOptions = {
  /**
   * Set for commands from a topic. Each takes effect once, however often it is delivered. A rejected or given-up one is answered by
   * an event, as nobody waits for its outcome.
   */
  consumed?: Consumed;
  afterEffects?: AfterEffects;
  /** For commands whose clients are not told that they are stored: the commit does not wait for the disk. */
  asynchronous?: boolean;
};

/** Handles a module's commands from HTTP and from its topic. */
export interface Processor {
  topic: string;
  /** The command types that have a handler. */
  types: string[];
  order(command: Envelope): Order;
  /** Handles the commands in order in one transaction. Returns an outcome for each. */
  handle(commands: Envelope[], options?: DispatchOptions): Promise<Outcome[]>;
}

export interface MessageBus {
  /** Passes the commands to the processor that owns the topic. Returns an outcome for each. */
  dispatch(topic: string, commands: Envelope[], options?: DispatchOptions): Promise<Outcome[]>;
  processors: Processor[];
}

/** Creates a bus over the processors. Throws when two of them own one topic. */
export function createBus(processors: Processor[]): MessageBus {
  const byTopic = new Map<string, Processor>();
  for (const processor of processors) {
    if (byTopic.has(processor.topic)) throw new Error(`two processors own the topic ${processor.topic}`);
    byTopic.set(processor.topic, processor);
  }
  return {
    processors,
    dispatch(topic, commands, options) {
      const processor = byTopic.get(topic);
      if (processor === undefined) throw new Error(`no processor owns the topic ${topic}`);
      return processor.handle(commands, options);
    },
  };
}
