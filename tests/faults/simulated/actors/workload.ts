import { ACTIVITY } from "@/application/activity/messages.ts";
import { CATALOG } from "@/application/catalog/messages.ts";
import { encode } from "@/application/messaging/wire/codec.ts";
import type { Envelope } from "@/application/messaging/wire/envelope.ts";
import type { EventLog, Outgoing } from "@/application/messaging/wire/event_log.ts";
import { TOPICS } from "@/application/published/topics.ts";
import type { Act, Call, Did, State } from "@/tests/oracle/calls.ts";
import type { Random } from "@/application/shared/random.ts";
import type { Door } from "@/tests/faults/simulated/world/door.ts";
import { BUG } from "@/tests/faults/simulated/mutants/handler_bugs.ts";
import { poison } from "./poison.ts";
import type { Life } from "@/tests/faults/simulated/world/scheduler.ts";
import { simulatedLog } from "@/tests/faults/simulated/world/simulated_log.ts";
import type { World } from "@/tests/faults/simulated/world/world.ts";

export const BOOKS = ["b1", "b2", "b3", "b4", "b5"];
export const READERS = ["r1", "r2", "r3", "r4"];
const WORDS = ["Dune", "dune ", "Sand", "sea", "the SEA"];
const PATIENCE_MS = 8_000;
const CLIENTS = ["client-1", "client-2", "client-3"];

type Command = { topic: string; type: string; data: Record<string, unknown>; key: string };

/** Who works in a world: it waits by its own clock. `seen`: the version of each book that it took note of. */
type Worker = { world: World; life: Life; seen: Map<string, number> };

/** Clients of the bus and a producer on the topics; resolves when all have done what they wanted. */
export async function work(world: World): Promise<void> {
  const life = world.scheduler.live("clients");
  const log = simulatedLog(world.broker, life, world);
  const worker = (): Worker => ({ world, life, seen: new Map() });
  await Promise.all([...CLIENTS.map((name) => client(name, 5, worker())), producer("producer", 8, log, worker())]);
}

async function client(name: string, commands: number, worker: Worker): Promise<void> {
  const { world, life, seen } = worker;
  const { ids, steps } = world;
  for (let at = 1; at <= commands; at++) {
    const random = world.random.fork(`${name}.${at}`);
    await life.clock.sleep(random.below(1_000));
    const drawn = { ...world, random };
    const command = random.chance(0.35) ? ofSeenVersion(catalogCommand(drawn), random, seen) : act(drawn, READERS);
    if (!steps.take(`${name}.${at}`, textOf(command))) continue;
    // Some have no id of their own: sent again after an unknown answer, they may count twice, so they are not.
    const named = command.type === ACTIVITY.recordAct && random.chance(0.7);
    const id = named ? `act-${ids.fresh()}` : undefined;
    for (let attempt = 0; attempt < 4; attempt++) {
      const one = id === undefined ? command : { ...command, data: { ...command.data, id } };
      const answer = await ask(one, { act: id, random }, worker);
      if (answer !== "unknown" || id === undefined && !random.chance(0.3)) break;
      if (id === undefined && command.type === ACTIVITY.recordAct) break;
    }
    await look(command.topic === TOPICS.catalogCommands ? command.key : random.pick(BOOKS), random, worker);
  }
}

const textOf = ({ type, data }: Command): string => `${type.replace(/^bookstream\./, "")} ${JSON.stringify(data)}`;

/** Most changes are of a book that their client has seen, and meant for the version that it took note of, which may be old. */
function ofSeenVersion(command: Command, random: Random, seen: Map<string, number>): Command {
  if (command.type === CATALOG.addBook || seen.size === 0 || random.chance(0.2)) return command;
  const [id, version] = random.pick([...seen]);
  return { ...command, key: id, data: { ...command.data, id, version } };
}

/** A web process that a client comes to, and what it finds there; nothing where it is away. */
function doorOf({ lives, doors }: World, random: Random): { web: Life; door: Door | undefined } {
  const web = lives.get(random.pick(["web-1", "web-2"]))!;
  return { web, door: web.alive ? doors.get(web) : undefined };
}

/** The answer of a process that may end before it gives one. */
const answerOf = <Answer>(web: Life, { scheduler }: World, asked: Promise<Answer>): Promise<Answer | undefined> =>
  new Promise((resolve) => {
    web.onCrash(() => resolve(undefined));
    scheduler.after(PATIENCE_MS, () => resolve(undefined));
    asked.then(resolve, () => resolve(undefined));
  });

/** Looks at a book. Times are counted in steps: what happens in one step has no order. */
async function look(book: string, random: Random, { world, seen }: Worker): Promise<void> {
  const { history, scheduler } = world;
  const { web, door } = doorOf(world, random);
  if (door === undefined) return;
  const asked = scheduler.steps();
  const answer = await answerOf(web, world, door.shelf.get(book).then((found) => ({ version: found?.version })));
  if (answer === undefined) return;
  history.looks.push({ book, asked, told: scheduler.steps(), ...answer });
  if (answer.version !== undefined && random.chance(0.5)) seen.set(book, answer.version);
}

type Asked = { act: string | undefined; random: Random };

async function ask(
  { topic, type, data }: Command,
  { act, random }: Asked,
  { world, life, seen }: Worker,
): Promise<State> {
  const { history, ids, scheduler } = world;
  const { web, door } = doorOf(world, random);
  if (door === undefined) {
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
    ...(data.version === undefined ? {} : { wanted: Number(data.version) }),
  };
  history.calls.push(call);
  const outcome = await answerOf(web, world, door.bus.dispatch(topic, [command]).then(([one]) => one));
  if (outcome?.kind === "done") {
    call.state = "ok";
    call.named = outcome.events.map(({ id }) => id);
    call.told = scheduler.steps();
    const version = (outcome.events[0]?.data as { version?: number } | undefined)?.version;
    if ("book" in call.did && version !== undefined) {
      call.answered = version;
      seen.set(call.did.book, version);
    }
  } else if (outcome?.kind === "rejected") {
    call.state = "refused";
    world.marks.reach(`refused over HTTP: ${outcome.rejection.code}`);
  }
  return call.state;
}

async function producer(
  name: string,
  commands: number,
  log: Pick<EventLog, "append">,
  { world, life }: Worker,
): Promise<void> {
  const { history, ids, steps } = world;
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
  for (let at = 1; at <= commands; at++) {
    const random = world.random.fork(`${name}.${at}`);
    await life.clock.sleep(random.below(1_000));
    const drawn = { ...world, random };
    if (random.chance(0.3)) {
      if (steps.take(`${name}.${at}`, "what nobody can use")) await append(poison(drawn));
      continue;
    }
    const command = random.chance(0.35) ? catalogCommand(drawn) : act(drawn, [...READERS, BUG.events, BUG.commands]);
    if (!steps.take(`${name}.${at}`, textOf(command))) continue;
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
      { type: "cleared", book, what: random.pick(["shelf", "rating"]) },
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
