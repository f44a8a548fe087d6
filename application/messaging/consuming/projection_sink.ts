import type { z } from "zod";
import { faultText } from "@/domain/rejection.ts";
import type { UnitOfWork } from "@/application/ports.ts";
import { faultsOf } from "@/application/shared/validation/zod_faults.ts";
import type { Envelope } from "@/application/messaging/wire/envelope.ts";
import { type Classification, classifyType, type Order, type Sink } from "./sink.ts";

/** An event whose data has a known shape. `time` is in milliseconds. */
export type EventOf<Type extends string, Data> = { type: Type; id: string; time: number; data: Data };
type Schemas = Record<string, z.ZodType>;
export type EventsOf<Known extends Schemas> = {
  [Type in keyof Known & string]: EventOf<Type, z.output<Known[Type]>>;
}[keyof Known & string];

export type ProjectionDeps<Known extends Schemas, Stores> = {
  /** The schemas of the events that are projected, by type. */
  events: Known;
  order(envelope: Envelope): Order;
  uow: UnitOfWork<Stores>;
  /** Folds a transaction's events into a few writes. */
  apply(events: EventsOf<Known>[], stores: Stores): Promise<void>;
};

const MAX_MESSAGES = 1_000;

/** Creates a function that accepts events of known types whose data matches the schema of their type. */
export function createClassifyBySchema(events: Schemas): (envelope: Envelope) => Classification {
  const types = Object.keys(events);
  return (envelope) => {
    const byType = classifyType(envelope, types);
    if (byType.kind !== "handle") return byType;
    const parsed = events[envelope.type]!.safeParse(envelope.data);
    if (parsed.success) return { kind: "handle", data: parsed.data };
    return { kind: "park", reason: "unreadable", detail: faultText(faultsOf(parsed.error)) };
  };
}

/** Creates the sink of a projection. It checks events by their schemas and folds many in one transaction. */
export function createProjectionSink<Known extends Schemas, Stores>(
  { events, order, uow, apply }: ProjectionDeps<Known, Stores>,
): Sink<Stores> {
  return {
    types: Object.keys(events),
    maxMessages: MAX_MESSAGES,
    order,
    classify: createClassifyBySchema(events),
    async handle({ received, before, after }) {
      const own = received.map(({ envelope: { type, id }, time, data }) => ({ type, id, time, data }));
      await uow.run(async (stores) => {
        await before(stores);
        // `classify` has checked each one's data by the schema of its type.
        if (own.length > 0) await apply(own as EventsOf<Known>[], stores);
        await after(stores);
        // Position and effects are lost together in a power cut, and the log delivers the events again.
      }, { asynchronous: true });
      return [];
    },
  };
}
