import type { z } from "zod";
import { ok, refuse, type Result } from "@/domain/result.ts";
import { invalid, type Rejection } from "@/domain/rejection.ts";
import type { Join, Outcome, Processor } from "./bus.ts";
import type { commandAnswered } from "@/application/messaging/wire/answers.ts";
import { defined } from "@/application/defined.ts";
import { faultsOf } from "@/application/zod_faults.ts";
import { encode } from "@/application/messaging/wire/codec.ts";
import type { Envelope } from "@/application/messaging/wire/envelope.ts";
import type { ConsumerStores, Guard } from "@/application/messaging/consuming/guard.ts";
import type { KeyStores } from "./idempotency.ts";
import type { Clock, IdGenerator, UnitOfWork } from "@/application/ports.ts";
import type { Inbox } from "./ports.ts";
import type { Outbox } from "@/application/messaging/outbox/ports.ts";
import type { Order } from "@/application/messaging/consuming/sink.ts";

/** The stores that every command's transaction has beside its module's own. */
export type CommandStores = ConsumerStores & KeyStores & { outbox: Outbox; inbox: Inbox };

/** What happened, before it becomes an event. Without an id it gets a new one. */
export type Happened = { type: string; key: string; id?: string; time?: number; data: unknown };

/** Why a command was not done, as the event that answers it says. */
type Reason = z.input<typeof commandAnswered>["reason"];
/** An event with the key that it is filed under. */
type Event = { envelope: Envelope; key: string };

/** What a handler works with: its transaction's stores, the time (ms) and ids. */
export type Context<Stores> = { stores: Stores; now: number; ids: IdGenerator };
/** The order of steps of one command: load, ask the domain, save, say what happened. Says no before it saves. */
export type Handler<Data, Stores> = (data: Data, context: Context<Stores>) => Promise<Result<Happened[], Rejection>>;

/** A command whose data has the wanted shape: what it is about to ask of the stores, and its handler. */
type Checked<Expected> = { expected: Expected; handle: () => Promise<Result<Happened[], Rejection>> };
/** A row of a module's table: checks the data's shape. */
export type Route<Stores, Expected> = (
  data: unknown,
  context: Context<Stores>,
) => Result<Checked<Expected>, Rejection>;

/** A row for a schema and a handler. Data of another shape is a rejection, with a fault per field. */
export function route<Data, Stores, Expected>(
  schema: z.ZodType<Data>,
  handler: Handler<Data, Stores>,
  expected: (data: Data, context: Context<Stores>) => Expected,
): Route<Stores, Expected> {
  return (data, context) => {
    const parsed = schema.safeParse(data);
    if (!parsed.success) return refuse(invalid(faultsOf(parsed.error)));
    return ok({ expected: expected(parsed.data, context), handle: () => handler(parsed.data, context) });
  };
}

export type ProcessorDeps<Stores extends CommandStores, Expected> = {
  module: string;
  commands: string;
  events: string;
  /** The type of the event that answers a consumed command which is refused. */
  rejected: string;
  /** The type of the event that answers a consumed command which is set aside for a technical fault. */
  failed: string;
  routes: Record<string, Route<Stores, Expected>>;
  /** How a consumed command stands to the others of its key. */
  order(command: Envelope): Order;
  /** Tells the stores what the transaction's commands are about to ask, before the first of them is handled. */
  lockAndPrefetch(expected: Expected[], stores: Stores): Promise<void>;
  uow: UnitOfWork<Stores>;
  clock: Clock;
  ids: IdGenerator;
};

/** A module's processor: opens the transaction, runs each command's handler in it, and adds the events to the outbox. */
export function createProcessor<Stores extends CommandStores, Expected>(
  deps: ProcessorDeps<Stores, Expected>,
): Processor {
  const { module, routes, uow, clock, ids } = deps;

  async function all(commands: Envelope[], stores: Stores, guard?: Guard): Promise<Outcome[]> {
    const context: Context<Stores> = { stores, now: clock.now(), ids };
    const inboxIds = guard === undefined ? [] : commands.map(({ source, id }) => ids.of(source, id));
    const unseen = guard === undefined ? undefined : await stores.inbox.addNew(module, inboxIds);
    const checked = commands.map((command, at) => {
      // Of two with one id the first is the command, the other its repetition.
      if (unseen !== undefined && !unseen.delete(inboxIds[at]!)) return undefined;
      return routes[command.type]?.(command.data, context);
    });
    await deps.lockAndPrefetch(checked.flatMap((one) => one?.ok === true ? [one.value.expected] : []), stores);
    const events: Event[] = [];
    const outcomes: Outcome[] = [];
    for (const [at, command] of commands.entries()) {
      const { outcome, said } = await one(command, checked[at], context, guard !== undefined);
      outcomes.push(outcome);
      events.push(...said);
    }
    for (const { envelope, detail } of guard?.failed ?? []) {
      // The command is not in the inbox, as it may yet be replayed: sent twice, it fails twice, with one event.
      const id = ids.of(deps.failed, envelope.source, envelope.id);
      events.push(answerOf(deps.failed, envelope, { code: "failed", detail }, context.now, id));
    }
    const messages = events.map(({ envelope, key }) => ({ topic: deps.events, ...encode(envelope, key) }));
    if (messages.length > 0) await stores.outbox.add(messages);
    return outcomes;
  }

  /** A command's outcome, and the events that say so. */
  async function one(
    command: Envelope,
    checked: ReturnType<Route<Stores, Expected>> | undefined,
    { now }: Context<Stores>,
    consumed: boolean,
  ): Promise<{ outcome: Outcome; said: Event[] }> {
    if (checked === undefined) return { outcome: { kind: "skipped" }, said: [] };
    const result = checked.ok ? await checked.value.handle() : checked;
    if (result.ok) {
      const said = result.value.map((happened) => eventOf(happened, command, now));
      return { outcome: { kind: "done", events: said.map(({ envelope }) => envelope) }, said };
    }
    const said = consumed ? [answerOf(deps.rejected, command, result.error, now)] : [];
    return { outcome: { kind: "rejected", rejection: result.error }, said };
  }

  function eventOf({ type, key, id, time, data }: Happened, command: Envelope, now: number): Event {
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

  function answerOf(type: string, command: Envelope, reason: Reason, now: number, id?: string): Event {
    const data = { command: { id: command.id, type: command.type }, reason };
    return eventOf({ type, key: command.partitionkey ?? command.id, data, ...defined({ id }) }, command, now);
  }

  return {
    topic: deps.commands,
    types: Object.keys(routes),
    order: deps.order,
    handle: (commands: Envelope[], guard?: Guard, join?: Join) =>
      uow.run(async (stores) => {
        await guard?.begin(stores);
        const outcomes = await all(commands, stores, guard);
        await guard?.end(stores);
        await join?.(outcomes, stores);
        return outcomes;
      }),
  };
}
