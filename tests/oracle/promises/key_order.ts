import { CONSUMER_NAMES, type ConsumerName } from "../consumers.ts";
import { type Event, isBook } from "../events.ts";
import type { Evidence } from "../evidence.ts";
import { at, envelopeOf, firsts, placeOf, textOf } from "../messages.ts";
import { orderOf } from "../model/order.ts";
import { takenBy, type Transaction, transactionsOf } from "../transactions.ts";
import { type Violation, violation } from "../violation.ts";

type Known = Pick<Evidence, "events" | "foreign" | "live" | "transactions">;

/**
 * Promise 3, I4 and I8: events of a key stand in the log in the order in which they were committed, in one partition, a book's
 * versions from 1 without a gap; and messages of a key have their effect in the order of the log, around dead letters too. Other
 * systems' events need not keep an order of versions.
 */
export function checkKeyOrder({ events, foreign, live, transactions = [] }: Known): Violation[] {
  const own = events.filter(({ envelope }) => !foreign.has(envelope.id));
  const late = CONSUMER_NAMES.flatMap((name) => overtaken(name, transactionsOf(name, transactions, live)));
  return [
    ...violation("I4", "books whose versions are out of order or have a gap", disorder(own)),
    ...violation("I4", "keys in more than one partition", scattered(events)),
    ...violation("I4", "keys whose events are in another order than they were committed", moved(own, transactions)),
    ...violation("I8", "messages that had their effect after a later one of their key", late),
  ];
}

/** Versions count from 1 without a gap, in the order of the log, also over a removal. */
function disorder(events: Event[]): string[] {
  const books = Map.groupBy(events.filter(({ envelope }) => isBook(envelope.type)), ({ key }) => key);
  return [...books].flatMap(([book, own]) => {
    const versions = own.map(({ envelope }) => Number(envelope.data.version));
    return versions.every((version, at) => version === at + 1) ? [] : [`${book}: ${versions.join(" ")}`];
  });
}

function scattered(events: Event[]): string[] {
  const keys = Map.groupBy(events, ({ topic, key }) => `${topic} ${key}`);
  return [...keys].filter(([, own]) => new Set(own.map(({ partition }) => partition)).size > 1).map(([key]) => key);
}

function moved(events: Event[], transactions: Transaction[]): string[] {
  const inLog = Map.groupBy(events, ({ topic, key }) => `${topic} ${key}`);
  const said = transactions.flatMap((one) => one.said).map((message) => ({
    id: envelopeOf(message)?.id ?? "",
    key: `${message.topic} ${textOf(message.key)}`,
  }));
  return [...Map.groupBy(firsts(said, ({ id }) => id), ({ key }) => key)].flatMap(([key, own]) => {
    const seen = (inLog.get(key) ?? []).map(({ envelope }) => envelope.id);
    const wanted = own.map(({ id }) => id).filter((id) => seen.includes(id));
    return wanted.join(" ") === seen.join(" ") ? [] : [`${key}: committed as ${wanted}, in the log as ${seen}`];
  });
}

function overtaken(consumer: ConsumerName, transactions: Transaction[]): string[] {
  const reached = new Map<string, number>();
  return takenBy(consumer, transactions).filter((message) => orderOf(message) === "by-key").flatMap((message) => {
    const key = `${placeOf(message)} ${textOf(message.key)}`;
    const before = reached.get(key) ?? -1;
    reached.set(key, Number(message.position));
    return Number(message.position) < before ? [`${consumer}: ${at(message)} after ${before}`] : [];
  });
}
