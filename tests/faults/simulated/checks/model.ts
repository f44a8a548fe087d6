import { ACTIVITY } from "@/application/activity/messages.ts";
import type { Incoming } from "@/application/messaging/wire/event_log.ts";
import type { ConsumerName } from "../processes.ts";
import { envelopeOf } from "../history.ts";
import { at, type Facts } from "./facts.ts";

/** An act as its event tells it. `id`: the event's. */
export type Told = { id: string; type: string; time: number; data: Record<string, unknown> & { reader?: string } };

/** The events that had their effect at a consumer, in the order in which they had it. */
export function takenBy(consumer: ConsumerName, { commitsOf }: Facts): Incoming[] {
  return commitsOf(consumer).flatMap((commit) => commit.taken).filter((one) => one.consumer === consumer)
    .map(({ message }) => message);
}

export function toldBy(message: Incoming): Told {
  const envelope = envelopeOf(message);
  if (envelope === undefined) throw new Error(`${at(message)} had an effect, but nobody can read it`);
  const { id, type, time, data } = envelope;
  return {
    id,
    type,
    time: time === undefined ? message.timestamp : Date.parse(time),
    data: data as Told["data"],
  };
}

/** The acts that count: an erased reader's are gone, before the erasure and after it. */
export function lasting(events: Told[]): Told[] {
  const erased = new Set(events.filter(({ type }) => type === ACTIVITY.readerErased).map(({ data }) => data.reader));
  return events.filter(({ data }) => data.reader === undefined || !erased.has(data.reader));
}
