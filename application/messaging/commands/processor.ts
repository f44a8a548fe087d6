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
 * What a handler works with: its transaction's stores, the time and ids. `sent`: when the command was made or else arrived, which
 * may be long before it is handled.
 */
export type Context<Stores> = { stores: Stores; now: number; sent: number; ids: IdGenerator };
/** Handles one command: loads, asks the domain, saves, and returns what happened. Refuses before it saves. */
export type Handler<Data, Stores> = (data: Data, context: Context<Stores>) => Promise<Result<Happened[], Rejection>>;

/** A command whose data is valid: what it will read from the stores, and its handler. */
type Checked<Expected> = { expected: Expected; handle: () => Promise<Result<Happened[], Rejection>> };
/** A row of a module's route table. Checks the data's shape. */
type Route<Stores, Expected> = (
  data: unknown,
  context: Context<Stores>,
) => Result<Checked<Expected>, Rejection>;

/** A route of a schema and a handler. Data of another shape is rejected, with a fault per field. */
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
  /** The type of the event that answers a consumed command which is given up for a technical fault. */
  failed: string;
  routes: Record<string, Route<Stores, Expected>>;
  /** The order of a consumed command among the others of its key. */
  order(command: Envelope): Order;
  /** Locks and reads what the transaction's commands need, before the first of them is handled. */
  lockAndPrefetch(expected: Expected[], stores: Stores): Promise<void>;
  uow: UnitOfWork<Stores>;
  clock: Clock;
  ids: IdGenerator;
};

/** A command's outcome, and the events that say so. */
type Handled = { outcome: Outcome; events: FiledEvent[] };
type Routed<Expected> = ReturnType<Route<unknown, Expected>> | undefined;

/** A module's processor: opens the transaction, runs each command's handler in it, and adds the events to the outbox. */
export function createProcessor<Stores extends CommandStores, Expected>(
  deps: ProcessorDeps<Stores, Expected>,
): Processor {
  const { module, routes, uow, clock, ids } = deps;

  /** The commands with their handlers; undefined for an unknown type, and for a command that was handled before. */
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
    // The first command with an id is handled, later ones are repetitions.
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

/** The answer to a command that is given up for a technical fault. */
function answerFailed(type: string, { envelope: command, detail }: Failed, context: EventContext): FiledEvent {
  // A given-up command is not in the inbox, as it may be replayed. The derived id makes a second failure the same event.
  const id = context.ids.of(type, command.source, command.id);
  return answerOf({ type, reason: { code: "failed", detail }, id }, { ...context, cause: command });
}
