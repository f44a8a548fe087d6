import { decode } from "@/application/messaging/wire/codec.ts";
import type { Envelope } from "@/application/messaging/wire/envelope.ts";
import type { Incoming } from "@/application/messaging/wire/event_log.ts";
import { TOPICS } from "@/application/published/topics.ts";

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

const text = (bytes: Uint8Array | null): string => bytes === null ? "" : new TextDecoder().decode(bytes);

/** The distinct events of the log, in the order of their first places in their partitions. */
export function eventsOf(messages: Incoming[]): Event[] {
  const known = new Map<string, { event: Event; says: string }>();
  for (const message of messages) {
    if (message.topic !== TOPICS.catalogEvents && message.topic !== TOPICS.activityEvents) continue;
    const decoded = decode(message);
    // What is no event was planted there by a scenario, which says so.
    if (!decoded.ok) continue;
    const envelope = decoded.value as Envelope<Record<string, unknown>>;
    const name = `${message.topic} ${envelope.id}`;
    const says = `${message.partition} ${text(message.key)} ${JSON.stringify(Object.entries(message.headers).sort())} ${
      text(message.value)
    }`;
    const before = known.get(name);
    if (before === undefined) {
      const { topic, partition } = message;
      const time = envelope.time === undefined ? message.timestamp : Date.parse(envelope.time);
      const arrived = message.timestamp;
      const event = { envelope, time, arrived, topic, partition, key: text(message.key), copies: 1, same: true };
      known.set(name, { event, says });
    } else {
      before.event.copies++;
      before.event.same &&= before.says === says;
    }
  }
  return [...known.values()].map(({ event }) => event);
}
