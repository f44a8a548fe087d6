import { ACTIVITY } from "@/application/activity/messages.ts";
import { CATALOG } from "@/application/catalog/messages.ts";
import type { Outcome } from "@/application/messaging/commands/bus.ts";
import { encode } from "@/application/messaging/wire/codec.ts";
import type { Envelope } from "@/application/messaging/wire/envelope.ts";
import type { EventLog, Outgoing } from "@/application/messaging/wire/event_log.ts";
import { TOPICS } from "@/application/published/topics.ts";
import type { Act, Call, Did, State } from "@/tests/oracle/calls.ts";
import { BUG } from "./handler_bugs.ts";
import { poison } from "./poison.ts";
import type { Life } from "./scheduler.ts";
import { simulatedLog } from "./simulated_log.ts";
import type { World } from "./world.ts";

export const BOOKS = ["b1", "b2", "b3", "b4", "b5"];
export const READERS = ["r1", "r2", "r3", "r4"];
const WORDS = ["Dune", "dune ", "Sand", "sea", "the SEA"];
const PATIENCE_MS = 8_000;

type Command = { topic: string; type: string; data: Record<string, unknown>; key: string };

/** Who works in a world: it waits by its own clock. */
type Worker = { world: World; life: Life };

/** Clients of the bus and a producer on the topics; resolves when all have done what they wanted. */
export async function work(world: World): Promise<void> {
  const worker = { world, life: world.scheduler.live("clients") };
  const log = simulatedLog(world.broker, worker.life, world);
  await Promise.all([client(5, worker), client(5, worker), client(5, worker), producer(8, log, worker)]);
}

async function client(commands: number, { world, life }: Worker): Promise<void> {
  const { random, ids } = world;
  for (let at = 0; at < commands; at++) {
    await life.clock.sleep(random.below(1_000));
    const command = random.chance(0.35) ? catalogCommand(world) : act(world, READERS);
    // Some have no id of their own: sent again after an unknown answer, they may count twice, so they are not.
    const named = command.type === ACTIVITY.recordAct && random.chance(0.7);
    const id = named ? `act-${ids.fresh()}` : undefined;
    for (let attempt = 0; attempt < 4; attempt++) {
      const one = id === undefined ? command : { ...command, data: { ...command.data, id } };
      const answer = await ask(one, id, { world, life });
      if (answer !== "unknown" || id === undefined && !random.chance(0.3)) break;
      if (id === undefined && command.type === ACTIVITY.recordAct) break;
    }
  }
}

async function ask({ topic, type, data }: Command, act: string | undefined, { world, life }: Worker): Promise<State> {
  const { random, history, ids, lives, buses, scheduler } = world;
  const web = random.pick(["web-1", "web-2"].map((name) => lives.get(name)!));
  const bus = buses.get(web);
  if (bus === undefined || !web.alive) {
    await life.clock.sleep(500);
    return "unknown";
  }
  const command: Envelope = { id: ids.fresh(), source: "/clients", type, data };
  const call: Call = {
    id: act ?? command.id,
    command: command.id,
    way: "http",
    did: didOf(type, data),
    state: "unknown",
    repeats: repeats(type, data),
  };
  history.calls.push(call);
  const outcome = await new Promise<Outcome | undefined>((resolve) => {
    web.onCrash(() => resolve(undefined));
    scheduler.after(PATIENCE_MS, () => resolve(undefined));
    bus.dispatch(topic, [command]).then(([one]) => resolve(one), () => resolve(undefined));
  });
  if (outcome?.kind === "done") {
    call.state = "ok";
    call.named = outcome.events.map(({ id }) => id);
  } else if (outcome?.kind === "rejected") call.state = "refused";
  return call.state;
}

async function producer(commands: number, log: Pick<EventLog, "append">, { world, life }: Worker): Promise<void> {
  const { random, history, ids } = world;
  /** Sends again until it is told that the message is stored, as producers do. */
  async function append(message: Outgoing): Promise<void> {
    for (;;) {
      try {
        return await log.append([message]);
      } catch {
        await life.clock.sleep(100);
      }
    }
  }
  for (let at = 0; at < commands; at++) {
    await life.clock.sleep(random.below(1_000));
    if (random.chance(0.3)) {
      await append(poison(world));
      continue;
    }
    const command = random.chance(0.35) ? catalogCommand(world) : act(world, [...READERS, BUG.events, BUG.commands]);
    const id = `command-${ids.fresh()}`;
    const { type, data } = command;
    // It is sent until the log has it.
    history.calls.push({
      id,
      command: id,
      way: "topic",
      did: didOf(type, data),
      state: "ok",
      repeats: repeats(type, data),
    });
    await append({ topic: command.topic, ...encode({ id, source: "/producer", type, data }, command.key) });
  }
}

/** A search of an hour, by a reader or by a client, is one event, unless it has an id of its own. */
const repeats = (type: string, data: Record<string, unknown>): boolean =>
  type === ACTIVITY.recordAct && data.type === "searched" && (data.reader ?? data.client) !== undefined &&
  data.id === undefined;

/** What a command asks for. */
function didOf(type: string, data: Record<string, unknown>): Did {
  const book = String(data.id);
  switch (type) {
    case ACTIVITY.eraseReader:
      return { kind: "erase", reader: String(data.reader) };
    case CATALOG.addBook:
      return { kind: "add", book, title: String(data.title) };
    case CATALOG.changeBook:
      return { kind: "change", book, title: String(data.title) };
    case CATALOG.removeBook:
      return { kind: "remove", book };
    default: {
      const { id: _id, ...act } = data;
      return { kind: "act", act: act as Act };
    }
  }
}

/** A reader is in the same place in most acts, and a book may be gone by then: both are ordinary. */
function act({ random, scheduler }: World, readers: string[]): Command {
  const reader = random.pick(readers);
  const anonymous = random.chance(0.15) && READERS.includes(reader);
  if (random.chance(0.02) && READERS.includes(reader)) {
    return { topic: TOPICS.activityCommands, type: ACTIVITY.eraseReader, data: { reader }, key: reader };
  }
  const book = random.pick(BOOKS);
  const kinds: Record<string, unknown>[] = [
    { type: "viewed", book },
    { type: "searched", query: random.pick(WORDS) },
    ...(anonymous ? [] : [
      { type: "shelved", book, shelf: random.pick(["want", "reading", "read"]) },
      { type: "rated", book, rating: 1 + random.below(5) },
      { type: "dismissed", book },
      { type: "cleared", book },
    ]),
  ];
  const past = random.chance(0.3)
    ? { time: new Date(Math.floor(scheduler.now()) - random.below(3 * 86_400_000)).toISOString() }
    : {};
  const data = { ...random.pick(kinds), ...(anonymous ? {} : { reader }), ...past, ...originOf(reader, book) };
  return { topic: TOPICS.activityCommands, type: ACTIVITY.recordAct, data, key: reader };
}

/** Some acts come by a client of which others come too, and some of those are too many. Nothing is drawn for it. */
function originOf(reader: string, book: string) {
  const client = ["c1", "c2", undefined][BOOKS.indexOf(book) % 3];
  return client === undefined ? {} : { client, ...(reader === READERS[0] ? { voter: "client" } : {}) };
}

function catalogCommand({ random }: World): Command {
  const id = random.pick(BOOKS);
  const kind = random.below(10);
  const title = `${random.pick(["Dune", "Sand", "The Sea"])} ${random.below(100)}`;
  const data = { id, title, authors: ["A. Writer"], subjects: ["fiction"] };
  const one = { topic: TOPICS.catalogCommands, key: id };
  if (kind < 5) return { ...one, type: CATALOG.addBook, data };
  return kind < 9 ? { ...one, type: CATALOG.changeBook, data } : { ...one, type: CATALOG.removeBook, data: { id } };
}
