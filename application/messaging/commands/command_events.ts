import type { z } from "zod";
import { defined } from "@/application/defined.ts";
import type { commandAnswered } from "@/application/messaging/wire/answers.ts";
import type { Envelope } from "@/application/messaging/wire/envelope.ts";
import type { IdGenerator } from "@/application/ports.ts";

/** The content of an event. It gets a new id when it has none. `subject`: what it is about, when that is not the key. */
export type Happened = { type: string; key: string; subject?: string; id?: string; time?: number; data: unknown };

/** An event with its message key. */
export type FiledEvent = { envelope: Envelope; key: string };

/** Why a command was rejected or given up, as its answering event says it. */
type Reason = z.input<typeof commandAnswered>["reason"];

/** What the events of one transaction share. */
export type EventContext = { module: string; now: number; ids: IdGenerator };

/** Builds the event of a command, or the command of an event. It has the ids of its cause (`correlationid`, `causationid`). */
export function eventOf(
  { type, key, subject, id, time, data }: Happened,
  { cause, module, now, ids }: EventContext & { cause: Envelope },
): FiledEvent {
  const envelope: Envelope = {
    id: id ?? ids.fresh(),
    source: `/bookstream/${module}`,
    type,
    time: new Date(time ?? now).toISOString(),
    subject: subject ?? key,
    correlationid: cause.correlationid ?? cause.id,
    causationid: cause.id,
    ...(cause.traceparent === undefined ? {} : { traceparent: cause.traceparent }),
    data,
  };
  return { envelope, key };
}

/** Builds the event that says why a consumed command was rejected or given up. */
export function answerOf(
  { type, reason, id }: { type: string; reason: Reason; id?: string },
  context: EventContext & { cause: Envelope },
): FiledEvent {
  const { cause: command } = context;
  const data = { command: { id: command.id, type: command.type }, reason };
  return eventOf({ type, key: command.partitionkey ?? command.id, data, ...defined({ id }) }, context);
}
