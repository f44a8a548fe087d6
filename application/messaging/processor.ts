import type { z } from "zod";
import { refuse, type Result } from "@/domain/result.ts";
import { invalid, type Rejection } from "@/domain/rejection.ts";
import type { Outcome, Processor } from "./bus.ts";
import { encode } from "./codec.ts";
import type { Envelope } from "./envelope.ts";
import type { ConsumerStores, Guard } from "./guard.ts";
import type { Clock, Ids, Inbox, Outbox, UnitOfWork } from "./ports.ts";

/** The stores that every command's transaction has beside its module's own. */
export type CommandStores = ConsumerStores & { outbox: Outbox; inbox: Inbox };

/** What happened, before it becomes an event. Without an id it gets a new one. */
export type Happened = { type: string; key: string; id?: string; time?: number; data: unknown };

/** What a handler works with: its transaction's stores, the time (ms) and ids. */
export type Context<Stores> = { stores: Stores; now: number; ids: Ids };
/** The order of steps of one command: load, ask the domain, save, say what happened. Says no before it saves. */
export type Handler<Data, Stores> = (data: Data, context: Context<Stores>) => Promise<Result<Happened[], Rejection>>;

/** A row of a module's table: checks the data's shape, then calls the handler. */
export type Route<Stores> = (data: unknown, context: Context<Stores>) => Promise<Result<Happened[], Rejection>>;

/** A row for a schema and a handler. Data of another shape is a rejection, with a fault per field. */
export function route<Data, Stores>(schema: z.ZodType<Data>, handler: Handler<Data, Stores>): Route<Stores> {
  return (data, context) => {
    const parsed = schema.safeParse(data);
    return parsed.success ? handler(parsed.data, context) : Promise.resolve(refuse(invalid(faultsOf(parsed.error))));
  };
}

/** A zod error as faults of the domain. */
export const faultsOf = (error: z.ZodError): { path: (string | number)[]; message: string }[] =>
  error.issues.map(({ path, message }) => ({
    path: path.map((part) => typeof part === "symbol" ? String(part) : part),
    message,
  }));

export type ProcessorParts<Stores extends CommandStores> = {
  module: string;
  commands: string;
  events: string;
  /** The type of the event that answers a consumed command which is refused. */
  rejected: string;
  /** The type of the event that answers a consumed command which is set aside for a technical fault. */
  failed: string;
  routes: Record<string, Route<Stores>>;
  uow: UnitOfWork<Stores>;
  clock: Clock;
  ids: Ids;
};

/** A module's processor: opens the transaction, runs each command's handler in it, and adds the events to the outbox. */
export function createProcessor<Stores extends CommandStores>(parts: ProcessorParts<Stores>): Processor {
  const { module, routes, uow, clock, ids } = parts;

  async function one(command: Envelope, stores: Stores, consumed: boolean): Promise<Outcome> {
    const handler = routes[command.type];
    if (handler === undefined) return { kind: "skipped" };
    if (consumed && !(await stores.inbox.addNew(module, `${command.source} ${command.id}`.slice(0, 128)))) {
      return { kind: "skipped" };
    }
    const now = clock.now();
    const result = await handler(command.data, { stores, now, ids });
    if (result.ok) {
      const events = result.value.map((happened) => eventOf(happened, command, now));
      await stores.outbox.add(events.map(({ envelope, key }) => ({ topic: parts.events, ...encode(envelope, key) })));
      return { kind: "done", events: events.map(({ envelope }) => envelope) };
    }
    if (consumed) {
      const answer = rejectionOf(command, result.error, now);
      await stores.outbox.add([{ topic: parts.events, ...encode(answer.envelope, answer.key) }]);
    }
    return { kind: "rejected", rejection: result.error };
  }

  function eventOf({ type, key, id, time, data }: Happened, command: Envelope, now: number) {
    const envelope: Envelope = {
      id: id ?? ids.fresh(),
      source: `/bookstream/${module}`,
      type,
      time: new Date(time ?? now).toISOString(),
      subject: key,
      correlationid: command.correlationid ?? command.id,
      causationid: command.id,
      ...(command.traceparent === undefined ? {} : { traceparent: command.traceparent }),
      data,
    };
    return { envelope, key };
  }

  function rejectionOf(command: Envelope, { code, detail, faults }: Rejection, now: number) {
    const data = {
      command: { id: command.id, type: command.type },
      reason: { code, detail, ...(faults === undefined ? {} : { faults }) },
    };
    return eventOf({ type: parts.rejected, key: command.partitionkey ?? command.id, data }, command, now);
  }

  async function tellFailed(command: Envelope, detail: string, stores: Stores): Promise<void> {
    const data = { command: { id: command.id, type: command.type }, reason: { code: "failed", detail } };
    const answer = eventOf({ type: parts.failed, key: command.partitionkey ?? command.id, data }, command, clock.now());
    await stores.outbox.add([{ topic: parts.events, ...encode(answer.envelope, answer.key) }]);
  }

  return {
    topic: parts.commands,
    types: Object.keys(routes),
    handle: (commands: Envelope[], guard?: Guard) =>
      uow.run(async (stores) => {
        await guard?.begin(stores);
        const outcomes: Outcome[] = [];
        for (const command of commands) outcomes.push(await one(command, stores, guard !== undefined));
        for (const { envelope, detail } of guard?.failed ?? []) await tellFailed(envelope, detail, stores);
        await guard?.end(stores);
        return outcomes;
      }),
  };
}
