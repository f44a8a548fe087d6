import { ACTIVITY } from "@/application/activity/messages.ts";
import { CATALOG } from "@/application/catalog/messages.ts";
import { encode } from "@/application/messaging/wire/codec.ts";
import type { Outgoing } from "@/application/messaging/wire/event_log.ts";
import { TOPICS } from "@/application/published/topics.ts";

/** Seeded pseudo-random numbers. */
export function numbers(seed: number): () => number {
  return () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

export type Mixed = { message: Outgoing; time: number };
const BOOKS = 24;
const READERS = 30;

export const event = (type: string, id: string, key: string, time: number, data: object): Mixed => ({
  time,
  message: {
    topic: type.startsWith("bookstream.catalog") ? TOPICS.catalogEvents : TOPICS.activityEvents,
    ...encode({ id, source: "/mixture", type, time: new Date(time).toISOString(), data }, key),
  },
});

export const bookAdded = (id: string, time: number, version = 1, title = `Title ${id}`): Mixed =>
  event(version === 1 ? CATALOG.bookAdded : CATALOG.bookChanged, `${id}-${version}`, id, time, {
    id,
    title,
    authors: [`Author ${id.length + version}`],
    subjects: ["fiction"],
    popularity: 1,
    version,
  });

/**
 * Events of a shop in the order in which they come to the log: books that are added, changed and removed, acts of readers of all
 * kinds and of nobody, some late by hours, some twice, and readers who are erased and act again. Times (ms) from `from` to `to`.
 */
export function mixture(seed: number, count: number, from: number, to: number): Mixed[] {
  const next = numbers(seed);
  const some = (most: number) => Math.floor(next() * most);
  const all = Array.from({ length: BOOKS }, (_, at) => bookAdded(`b${at}`, from));
  for (let at = 0; at < count; at++) {
    const arrival = from + Math.floor((to - from) * at / count);
    const late = next() < 0.1 ? some(5 * 3_600_000) : 0;
    const [id, time] = [`m${seed}-${at}`, arrival - late];
    const [reader, book] = [`r${some(READERS)}`, `b${Math.floor(BOOKS * next() ** 2)}`];
    const act = (type: string, data: object, key = reader) => all.push(event(type, id, key, time, data));
    const kind = next();
    if (kind < 0.3) act(ACTIVITY.bookViewed, { reader, book });
    else if (kind < 0.4) act(ACTIVITY.bookViewed, { book }, id);
    else if (kind < 0.6) {
      const books = Array.from({ length: some(6) }, (_, nth) => `b${(some(BOOKS) + nth) % BOOKS}`);
      const query = `Query ${some(12)}`;
      act(ACTIVITY.bookSearched, { reader, query, normal: query.toLowerCase(), results: books.length, books });
    } else if (kind < 0.75) act(ACTIVITY.bookShelved, { reader, book, shelf: ["want", "reading", "read"][some(3)] });
    else if (kind < 0.88) act(ACTIVITY.bookRated, { reader, book, rating: 1 + some(5) });
    else if (kind < 0.93) act(ACTIVITY.bookDismissed, { reader, book });
    else if (kind < 0.95) act(ACTIVITY.readerErased, { reader });
    else if (kind < 0.98) all.push(bookAdded(book, time, 2 + some(5), `Changed ${id}`));
    else all.push(event(CATALOG.bookRemoved, id, "b23", time, { id: "b23", version: 9 }));
    if (next() < 0.08) all.push(all[some(all.length)]!);
  }
  return all;
}
