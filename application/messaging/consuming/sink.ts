import type { z } from "zod";
import { faultText } from "@/domain/rejection.ts";
import { faultsOf } from "@/application/zod_faults.ts";
import type { Processor } from "@/application/messaging/commands/bus.ts";
import type { Envelope } from "@/application/messaging/wire/envelope.ts";
import type { ConsumerStores, Guard } from "./guard.ts";
import type { Incoming } from "@/application/messaging/wire/event_log.ts";
import type { DeadLetter } from "./ports.ts";
import type { UnitOfWork } from "@/application/ports.ts";

/** A message with its envelope. `time` in milliseconds: the event's own, or its arrival. */
export type Received = { envelope: Envelope; message: Incoming; time: number };

/** Take it, pass over it (an unknown type), or set it aside. */
export type Verdict = "take" | "skip" | { reason: DeadLetter["reason"]; detail: string };

/**
 * How a message stands to the others of its key: in their order, in none, or first, as it must not wait. One in order that is
 * set aside holds up the later ones of its key, one in none does not.
 */
export type Order = "by-key" | "none" | "first";

/** Where a consumer's messages go. */
export interface Sink {
  /** The types that it takes. */
  types: string[];
  judge(received: Received): Verdict;
  order(envelope: Envelope): Order;
  /** Applies the messages and the guard in one transaction. Returns those that had their effect before, if it can tell. */
  handle(received: Received[], guard: Guard): Promise<Received[] | void>;
  /** How many messages may share a transaction. */
  chunk: number;
}

/** An event with data of a known shape, as a projection sees it; `time` in milliseconds. */
export type EventOf<Type extends string, Data> = { type: Type; id: string; time: number; data: Data };
type Schemas = Record<string, z.ZodType>;
export type EventsOf<Known extends Schemas> = {
  [Type in keyof Known & string]: EventOf<Type, z.output<Known[Type]>>;
}[keyof Known & string];

export type ProjectionDeps<Known extends Schemas, Stores extends ConsumerStores> = {
  events: Known;
  order(envelope: Envelope): Order;
  uow: UnitOfWork<Stores>;
  /** Folds a chunk's events into a few writes. */
  apply(events: EventsOf<Known>[], stores: Stores): Promise<void>;
};

/** A projection as a sink: events of known types, checked by their schemas, a chunk per transaction. */
export function createProjectionSink<Known extends Schemas, Stores extends ConsumerStores>(
  deps: ProjectionDeps<Known, Stores>,
): Sink {
  const types = Object.keys(deps.events);
  const checked = new WeakMap<Received, unknown>();
  return {
    types,
    chunk: 1_000,
    order: deps.order,
    judge(received) {
      const verdict = byType(received.envelope.type, types);
      if (verdict !== "take") return verdict;
      const parsed = deps.events[received.envelope.type]!.safeParse(received.envelope.data);
      if (!parsed.success) {
        return { reason: "unreadable", detail: faultText(faultsOf(parsed.error)) };
      }
      checked.set(received, parsed.data);
      return "take";
    },
    handle: (received, guard) =>
      deps.uow.run(async (stores) => {
        await guard.begin(stores);
        const events = received.map((one) => ({
          type: one.envelope.type,
          id: one.envelope.id,
          time: one.time,
          data: checked.get(one),
        })) as EventsOf<Known>[];
        if (events.length > 0) await deps.apply(events, stores);
        await guard.end(stores);
      }),
  };
}

/** A module's processor as a sink: each command has its own handler and is answered by an event. */
export function createCommandSink(processor: Processor): Sink {
  return {
    types: processor.types,
    chunk: 200,
    order: processor.order,
    judge: ({ envelope }) => byType(envelope.type, processor.types),
    handle: async (received, guard) => {
      const outcomes = await processor.handle(received.map(({ envelope }) => envelope), guard);
      return received.filter((_, at) => outcomes[at]?.kind === "skipped");
    },
  };
}

const VERSIONED = /^(.+)\.v(\d+)$/;

/** An unknown type is passed over; a known one in another major version is set aside until somebody can read it. */
function byType(type: string, known: string[]): Verdict {
  if (known.includes(type)) return "take";
  const name = VERSIONED.exec(type)?.[1];
  const sibling = known.find((other) => VERSIONED.exec(other)?.[1] === name);
  if (name === undefined || sibling === undefined) return "skip";
  return { reason: "unknown-version", detail: `wanted ${sibling}, found ${type}` };
}
