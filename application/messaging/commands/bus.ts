import type { Rejection } from "@/domain/rejection.ts";
import type { Handling, Order } from "@/application/messaging/consuming/sink.ts";
import type { Envelope } from "@/application/messaging/wire/envelope.ts";
import type { CommandStores, KeyStores } from "./ports.ts";

/** The result of a command: its events, or why it was refused. `skipped`: no handler knows its type. */
export type Outcome =
  | { kind: "done"; events: Envelope[] }
  | { kind: "rejected"; rejection: Rejection }
  | { kind: "skipped" };

/** Runs in the transaction of the effects, after them. When it rejects, nothing is stored. Called again when the transaction is retried. */
type AfterEffects = (outcomes: Outcome[], stores: KeyStores) => Promise<void>;

/** What a delivery from a topic adds to the transaction: its checks, and the commands that it gives up. */
export type Consumed = Omit<Handling<CommandStores>, "received"> & {
  /** When each of the commands was made, or else arrived, in milliseconds. */
  times: number[];
};

export type DispatchOptions = {
  /**
   * Given for commands from a topic. Each has its effect once, however often it is delivered. One that is refused or given
   * up is answered by an event, as nobody waits for its outcome.
   */
  consumed?: Consumed;
  afterEffects?: AfterEffects;
  /** For commands whose clients are not told that they are stored: the commit does not wait for the disk. */
  asynchronous?: boolean;
};

/** Handles a module's commands, whether they come over HTTP or from its topic. */
export interface Processor {
  topic: string;
  /** The command types that have a handler. */
  types: string[];
  order(command: Envelope): Order;
  /** Handles the commands in order in one transaction; one outcome for each. */
  handle(commands: Envelope[], options?: DispatchOptions): Promise<Outcome[]>;
}

export interface MessageBus {
  /** Hands the commands to the processor that owns the topic; one outcome for each. */
  dispatch(topic: string, commands: Envelope[], options?: DispatchOptions): Promise<Outcome[]>;
  processors: Processor[];
}

/** A bus over the processors. Throws when two of them own one topic. */
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
