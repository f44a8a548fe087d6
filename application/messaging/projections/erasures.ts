import { keyName } from "@/application/messaging/wire/key_name.ts";
import type { DeadLetters } from "@/application/messaging/consuming/ports.ts";
import type { ErasedMarks } from "./ports.ts";

/** The part of an event that identifies its reader. */
type OwnedEvent = { type: string; data: object };

/** Tells which reader an event belongs to, and which events erase a reader. */
export type Erasures = {
  /** The topics of a reader's acts. An erasure removes the reader's dead letters there. */
  topics: string[];
  /** Returns the reader of an event, or undefined for an event of no reader. */
  readerOf(event: OwnedEvent): string | undefined;
  isErasure(event: OwnedEvent): boolean;
};

type ErasureDeps<Event> = {
  erasures: Erasures;
  stores: { erased: ErasedMarks; deadLetters: DeadLetters };
  /** Projects events of readers who are not erased, and of no reader. */
  project(events: Event[]): Promise<void>;
  /** Removes all data of a reader. Returns false when there was none: the mark of the erasure then expires. */
  erase(reader: string): Promise<boolean | void>;
};

/**
 * Projects events in order. Before an erasure it projects the earlier events, so that the erasure finds all data of the reader.
 * Skips events of erased readers.
 */
export async function projectWithErasures<Event extends OwnedEvent & { time: number }>(
  events: Event[],
  { erasures: { topics, readerOf, isErasure }, stores, project, erase }: ErasureDeps<Event>,
): Promise<void> {
  const readers = new Set(events.flatMap((event) => isErasure(event) ? [] : readerOf(event) ?? []));
  const erased = new Set(readers.size === 0 ? [] : await stores.erased.has([...readers]));
  let waiting: Event[] = [];
  const flush = async () => {
    if (waiting.length > 0) await project(waiting);
    waiting = [];
  };
  for (const event of events) {
    const reader = readerOf(event);
    if (reader !== undefined && isErasure(event)) {
      await flush();
      await stores.erased.add(reader, event.time);
      await stores.deadLetters.forget(topics, keyName(reader));
      if (await erase(reader) !== false) await stores.erased.keep(reader);
      erased.add(reader);
    } else if (reader === undefined || !erased.has(reader)) waiting.push(event);
  }
  await flush();
}
