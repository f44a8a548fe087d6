import type { Envelope } from "@/application/messaging/wire/envelope.ts";
import type { Incoming } from "@/application/messaging/wire/event_log.ts";
import { ACTIVITY } from "@/application/activity/messages.ts";
import { CATALOG } from "@/application/catalog/messages.ts";
import { TOPICS } from "@/application/published/topics.ts";
import { contentOf, envelopeOf, textOf } from "./messages.ts";

/** An event as it stands in the log first, with how many times it stands there and whether all of them say the same. */
export type Event = {
  envelope: Envelope<Record<string, unknown>>;
  time: number;
  /** When it came to the log (ms). */
  arrived: number;
  topic: string;
  partition: number;
  key: string;
  copies: number;
  same: boolean;
};

const FAILURES: string[] = [CATALOG.commandFailed, ACTIVITY.commandFailed];
const ANSWERS: string[] = [...FAILURES, CATALOG.commandRejected, ACTIVITY.commandRejected];
const BOOKS: string[] = [CATALOG.bookAdded, CATALOG.bookChanged, CATALOG.bookRemoved];

/** Whether an event of this type says that a command could not be handled. */
export const isFailure = (type: string): boolean => FAILURES.includes(type);
/** Whether an event of this type answers a command on a topic, and changes nothing. */
export const isAnswer = (type: string): boolean => ANSWERS.includes(type);
/** Whether an event of this type tells a version of a book. */
export const isBook = (type: string): boolean => BOOKS.includes(type);
export const nameOf = ({ envelope: { type, id } }: Pick<Event, "envelope">): string => `${type} ${id}`;

/**
 * The distinct events of the log, in the order of their first places in their partitions. What is no event was planted there, by
 * somebody who says so.
 */
export function eventsOf(messages: Incoming[]): Event[] {
  const known = new Map<string, { event: Event; says: string }>();
  for (const message of messages) {
    if (message.topic !== TOPICS.catalogEvents && message.topic !== TOPICS.activityEvents) continue;
    const envelope = envelopeOf(message) as Envelope<Record<string, unknown>> | undefined;
    if (envelope === undefined) continue;
    const name = `${message.topic} ${envelope.id}`;
    // A command that is sent twice may fail twice, which is said by one id at two times.
    const says = `${message.partition} ${contentOf(message, isFailure(envelope.type) ? "ce_time" : undefined)}`;
    const before = known.get(name);
    if (before === undefined) known.set(name, { event: eventOf(message, envelope), says });
    else {
      before.event.copies++;
      before.event.same &&= before.says === says;
    }
  }
  return [...known.values()].map(({ event }) => event);
}

function eventOf(message: Incoming, envelope: Event["envelope"]): Event {
  const { topic, partition, timestamp } = message;
  return {
    envelope,
    time: envelope.time === undefined ? timestamp : Date.parse(envelope.time),
    arrived: timestamp,
    topic,
    partition,
    key: textOf(message.key),
    copies: 1,
    same: true,
  };
}

/** Readers who are erased sooner or later. */
export const erasedReaders = (events: Event[]): Set<unknown> =>
  new Set(
    events.filter(({ envelope }) => envelope.type === ACTIVITY.readerErased).map(({ envelope }) =>
      envelope.data.reader
    ),
  );

/** The events that count: an erased reader's are gone, before the erasure and after it. */
export function lasting(events: Event[]): Event[] {
  const erased = erasedReaders(events);
  return events.filter(({ envelope: { data } }) => data.reader === undefined || !erased.has(data.reader));
}
