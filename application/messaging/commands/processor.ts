import type { z } from "zod";
import { ok, refuse, type Result } from "@/domain/result.ts";
import { invalid, type Rejection } from "@/domain/rejection.ts";
import { faultsOf } from "@/application/shared/validation/zod_faults.ts";
import type { Clock, IdGenerator, UnitOfWork } from "@/application/ports.ts";
import type { Failed, Order } from "@/application/messaging/consuming/sink.ts";
import { encode } from "@/application/messaging/wire/codec.ts";
import type { Envelope } from "@/application/messaging/wire/envelope.ts";
import type { Consumed, DispatchOptions, Outcome, Processor } from "./bus.ts";
import { answerOf, type EventContext, eventOf, type FiledEvent, type Happened } from "./command_events.ts";
import type { CommandStores } from "./ports.ts";

/**
 * A handler's context: the stores of its transaction, the time and ids. `sent`: the time of the command, or else of its arrival,
 * which may be long before `now`.
 */
export type Context<Stores> = { stores: Stores; now: number; sent: number; ids: IdGenerator };
/** Handles one command: loads, asks the domain, saves, and returns what happened. Rejects a command before it saves anything. */
export type Handler<Data, Stores> = (data: Data, context: Context<Stores>) => Promise<Result<Happened[], Rejection>>;

/** A command with valid data: what it will read from the stores, and its handler. */
type Checked<Expected> = { expected: Expected; handle: () => Promise<Result<Happened[], Rejection>> };
/** A row of a module's route table. Checks the shape of the data. */
type Route<Stores, Expected> = (
  data: unknown,
  context: Context<Stores>,
) => Result<Checked<Expected>, Rejection>;

/** Creates a route from a schema and a handler. It rejects data that does not match the schema, with a fault per field. */
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
  /** The type of the event that answers a rejected consumed command. */
  rejected: string;
  /** The type of the event that answers a consumed command given up for a technical fault. */
  failed: string;
  routes: Record<string, Route<Stores, Expected>>;
  /** The order of a consumed command among the others of its key. */
  order(command: Envelope): Order;
  /** Locks and reads what the commands of a transaction need, before the first one is handled. */
  lockAndPrefetch(expected: Expected[], stores: Stores): Promise<void>;
  uow: UnitOfWork<Stores>;
  clock: Clock;
  ids: IdGenerator;
};

/** A command's outcome and its events. */
type Handled = { outcome: Outcome; events: FiledEvent[] };
type Routed<Expected> = ReturnType<Route<unknown, Expected>> | undefined;

/** Creates a module's processor. It opens a transaction, runs each command's handler in it, and adds the events to the outbox. */
export function createProcessor<Stores extends CommandStores, Expected>(
  deps: ProcessorDeps<Stores, Expected>,
): Processor {
  const { module, routes, uow, clock, ids } = deps;

  /** Returns the route of each command, or undefined for an unknown type and for a duplicate. */
  async function routeAll(
    commands: Envelope[],
    context: Omit<Context<Stores>, "sent">,
    times: number[] | undefined,
  ): Promise<Routed<Expected>[]> {
    const routeOne = ({ type, data }: Envelope, at: number) =>
      routes[type]?.(data, { ...context, sent: times?.[at] ?? context.now });
    if (times === undefined) return commands.map(routeOne);
    const inboxIds = commands.map(({ source, id }) => ids.of(source, id));
    const unseen = await context.stores.inbox.addNew(module, inboxIds);
    // The first command with an id is handled. Later ones are duplicates.
    return commands.map((command, at) => unseen.delete(inboxIds[at]!) ? routeOne(command, at) : undefined);
  }

  async function handleOne(
    command: Envelope,
    routed: Routed<Expected>,
    now: number,
    consumed: boolean,
  ): Promise<Handled> {
    if (routed === undefined) return { outcome: { kind: "skipped" }, events: [] };
    const context = { cause: command, module, now, ids };
    const result = routed.ok ? await routed.value.handle() : routed;
    if (result.ok) {
      const events = result.value.map((happened) => eventOf(happened, context));
      return { outcome: { kind: "done", events: events.map(({ envelope }) => envelope) }, events };
    }
    const events = consumed ? [answerOf({ type: deps.rejected, reason: result.error }, context)] : [];
    return { outcome: { kind: "rejected", rejection: result.error }, events };
  }

  async function handleAll(commands: Envelope[], stores: Stores, consumed: Consumed | undefined): Promise<Outcome[]> {
    const now = clock.now();
    const routed = await routeAll(commands, { stores, now, ids }, consumed?.times);
    await deps.lockAndPrefetch(routed.flatMap((one) => one?.ok === true ? [one.value.expected] : []), stores);
    const handled: Handled[] = [];
    for (const [at, command] of commands.entries()) {
      handled.push(await handleOne(command, routed[at], now, consumed !== undefined));
    }
    const failed = consumed?.failed.map((one) => answerFailed(deps.failed, one, { module, now, ids })) ?? [];
    const events = [...handled.flatMap((one) => one.events), ...failed];
    const messages = events.map(({ envelope, key }) => ({ topic: deps.events, ...encode(envelope, key) }));
    if (messages.length > 0) await stores.outbox.add(messages);
    return handled.map(({ outcome }) => outcome);
  }

  return {
    topic: deps.commands,
    types: Object.keys(routes),
    order: deps.order,
    handle: (commands, { consumed, afterEffects, asynchronous = false }: DispatchOptions = {}) =>
      uow.run(async (stores) => {
        await consumed?.before(stores);
        const outcomes = await handleAll(commands, stores, consumed);
        await consumed?.after(stores);
        await afterEffects?.(outcomes, stores);
        return outcomes;
      }, { asynchronous }),
  };
}

/** Builds the answer to a command that is given up for a technical fault. */
function answerFailed(type: string, { envelope: command, detail }: Failed, context: EventContext): FiledEvent {
  // A given-up command is not in the inbox, as it may be replayed. With the derived id a second failure gives the same event.
  const id = context.ids.of(type, command.source, command.id);
  return answerOf({ type, reason: { code: "failed", detail }, id }, { ...context, cause: command });
}
