import { keyName } from "@/application/messaging/wire/key_name.ts";
import type { DeadLetters } from "@/application/messaging/consuming/ports.ts";
import type { ErasedMarks } from "./ports.ts";

/** What is needed of an event to know its reader. */
type OwnedEvent = { type: string; data: object };

/** How to find an event's reader and the events that erase a reader. */
export type Erasures = {
  /** The topics of a reader's acts. Dead letters there are removed with the reader. */
  topics: string[];
  /** The reader of an event; undefined for an event of no reader. */
  readerOf(event: OwnedEvent): string | undefined;
  isErasure(event: OwnedEvent): boolean;
};

type ErasureDeps<Event> = {
  erasures: Erasures;
  stores: { erased: ErasedMarks; deadLetters: DeadLetters };
  /** Projects events of readers who are not erased, and of no reader. */
  project(events: Event[]): Promise<void>;
  /** Removes what is stored of a reader. False where there was nothing: then the mark of the erasure goes after a time. */
  erase(reader: string): Promise<boolean | void>;
};

/**
 * Projects events in order. At an erasure the events before it are projected first, so that the erasure finds all of
 * the reader. Events of an erased reader are left out.
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
