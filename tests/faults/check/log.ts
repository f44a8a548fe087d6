import { ACTIVITY } from "@/application/activity/messages.ts";
import { CATALOG } from "@/application/catalog/messages.ts";
import type { Call } from "../calls.ts";
import type { Event } from "./events.ts";
import { type Violation, violation } from "./violation.ts";

const TYPE_OF = {
  viewed: ACTIVITY.bookViewed,
  searched: ACTIVITY.bookSearched,
  shelved: ACTIVITY.bookShelved,
  rated: ACTIVITY.bookRated,
  dismissed: ACTIVITY.bookDismissed,
};
const REJECTED: string[] = [
  CATALOG.commandRejected,
  ACTIVITY.commandRejected,
  CATALOG.commandFailed,
  ACTIVITY.commandFailed,
];
const BOOKS: string[] = [CATALOG.bookAdded, CATALOG.bookChanged, CATALOG.bookRemoved];

/** Calls against events: none lost, none from nowhere, none twice, each says what was sent, and each key in order. */
export function checkLog(calls: Call[], events: Event[]): Violation[] {
  const outcomes = events.filter(({ envelope }) => !REJECTED.includes(envelope.type));
  const claimed = new Map<Event, Call>();
  const found = new Map<Call, Event[]>();
  const index = indexOf(outcomes);
  for (const call of calls) {
    const own = index(call);
    found.set(call, own);
    for (const event of own) claimed.set(event, call);
  }
  const answers = Map.groupBy(
    events.filter(({ envelope }) => REJECTED.includes(envelope.type)),
    ({ envelope }) => (envelope.data as { command: { id: string } }).command.id,
  );
  const answered = (call: Call) => call.way === "topic" ? (answers.get(call.id)?.length ?? 0) : 0;
  const name = ({ id, way, did }: Call) => `${id} (${way} ${did.kind})`;
  const count = (call: Call) => found.get(call)!.length + answered(call);
  // A removal or an erasure is known by what it is about, which another call may be about as well.
  const named = ({ did: { kind } }: Call) => kind !== "remove" && kind !== "erase";
  const lost = calls.filter((call) => call.state === "ok" && count(call) === 0);
  const ids = new Set(calls.filter(({ way }) => way === "topic").map(({ id }) => id));
  return [
    ...violation("I1", "accepted commands without an event", lost.map(name)),
    ...violation("I2", "events of no command", outcomes.filter((event) => !claimed.has(event)).map(nameOf)),
    ...violation(
      "I2",
      "events of refused commands",
      calls.filter((call) => call.state === "refused" && named(call) && found.get(call)!.length > 0).map(name),
    ),
    ...violation("I1", "commands with more than one outcome", calls.filter((call) => count(call) > 1).map(name)),
    ...violation("I2", "answers to no command", [...answers.keys()].filter((id) => !ids.has(id))),
    ...violation("I1", "events whose copies differ: made twice", events.filter(({ same }) => !same).map(nameOf)),
    ...violation("I1", "events that say something else than was sent", [...claimed].flatMap(contradiction)),
    ...violation("I4", "books whose versions are out of order or have a gap", disorder(outcomes)),
    ...violation("I4", "keys in more than one partition", scattered(events)),
  ];
}

const nameOf = ({ envelope: { type, id } }: Event): string => `${type} ${id}`;

/** Finds a call's events: an act by its id, a book's by the title that only this call gave it, the rest by what they are about. */
function indexOf(events: Event[]): (call: Call) => Event[] {
  const byId = Map.groupBy(events, ({ envelope }) => envelope.id);
  const byTitle = Map.groupBy(events, ({ envelope: { data } }) => String(data.title));
  const removals = Map.groupBy(
    events.filter(({ envelope }) => envelope.type === CATALOG.bookRemoved),
    ({ key }) => key,
  );
  const erasures = Map.groupBy(
    events.filter(({ envelope }) => envelope.type === ACTIVITY.readerErased),
    ({ key }) => key,
  );
  return ({ id, did }) => {
    switch (did.kind) {
      case "act":
        return byId.get(id) ?? [];
      case "add":
      case "change":
        return (byTitle.get(did.title) ?? []).filter(({ envelope }) => envelope.data.id === did.book);
      case "remove":
        return removals.get(did.book) ?? [];
      case "erase":
        return erasures.get(did.reader) ?? [];
    }
  };
}

function contradiction([{ envelope: { type, data, time } }, { id, did, answered }]: [Event, Call]): string[] {
  if (answered !== undefined && data.version !== answered) {
    return [`${id}: answered version ${answered}, the event has ${data.version}`];
  }
  if (did.kind !== "act") return [];
  const { type: sort, time: at, ...sent } = did.act;
  const said = Object.fromEntries(Object.keys(sent).map((field) => [field, data[field]]));
  const wanted = JSON.stringify([TYPE_OF[sort], Date.parse(at), sent]);
  const is = JSON.stringify([type, Date.parse(time ?? ""), said]);
  return wanted === is ? [] : [`${id}: sent ${wanted}, found ${is}`];
}

/** Versions count from 1 without a gap, in the order of the log. */
function disorder(events: Event[]): string[] {
  const books = Map.groupBy(events.filter(({ envelope }) => BOOKS.includes(envelope.type)), ({ key }) => key);
  return [...books].flatMap(([book, own]) => {
    const versions = own.map(({ envelope }) => Number(envelope.data.version));
    return versions.every((version, at) => version === at + 1) ? [] : [`${book}: ${versions.join(" ")}`];
  });
}

function scattered(events: Event[]): string[] {
  const keys = Map.groupBy(events, ({ topic, key }) => `${topic} ${key}`);
  return [...keys].filter(([, own]) => new Set(own.map(({ partition }) => partition)).size > 1).map(([key]) => key);
}
