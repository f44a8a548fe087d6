import { keyName } from "@/application/messaging/wire/key_name.ts";
import type { DeadLetters } from "@/application/messaging/consuming/ports.ts";
import type { ErasedMarks } from "./ports.ts";

/** An event as far as it matters whose it is. */
type OwnedEvent = { type: string; data: object };

/** How a topic's events tell whose they are, and that somebody is erased. */
export type Erasures = {
  /** The topics of a reader's acts; dead letters there are forgotten with the reader. */
  topics: string[];
  /** Whose event it is; undefined for one of nobody. */
  readerOf(event: OwnedEvent): string | undefined;
  isErasure(event: OwnedEvent): boolean;
};

type ErasureDeps<Event> = {
  erasures: Erasures;
  stores: { erased: ErasedMarks; deadLetters: DeadLetters };
  /** Projects events of readers who are not erased, and of nobody. */
  project(events: Event[]): Promise<void>;
  /** Removes what is stored of a reader. */
  erase(reader: string): Promise<void>;
};

/**
 * Folds a chunk's events in their order: those up to an erasure are projected, then the reader is erased, then it goes on, so that
 * an erasure finds all that came before it. Events of an erased reader are left out.
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
      await erase(reader);
      erased.add(reader);
    } else if (reader === undefined || !erased.has(reader)) waiting.push(event);
  }
  await flush();
}
