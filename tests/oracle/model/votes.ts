import type { Kind, Vote } from "@/domain/trend/vote.ts";
import { ACTIVITY } from "@/application/activity/messages.ts";
import { type Event, lasting } from "../events.ts";

const HOUR_MS = 3_600_000;
const SHELF_WEIGHT = { want: 20, reading: 30, read: 40 };

/** What makes a vote the vote it is, by the oracle's own words: a reader's act of a kind on a key in an hour. */
export const voteName = ({ subject, key, kind, reader, time }: Vote): string =>
  [subject, key, kind, reader, Math.floor(time / HOUR_MS)].join(" ");

/** The votes of one event, by weights that the oracle knows for itself. A reader without a name votes by the event's id. */
export function votesOfOne({ envelope: { type, id, data }, time }: Pick<Event, "envelope" | "time">): Vote[] {
  const reader = String(data.reader ?? id);
  const of = (kind: Kind, weight: number): Vote => ({
    subject: "book",
    key: String(data.book),
    kind,
    reader,
    time,
    weight,
  });
  switch (type) {
    case ACTIVITY.bookViewed:
      return [of("viewed", 10)];
    case ACTIVITY.bookShelved: {
      const shelf = data.shelf as keyof typeof SHELF_WEIGHT;
      return [of(shelf, SHELF_WEIGHT[shelf])];
    }
    case ACTIVITY.bookRated:
      return [of("rated", 10 * Number(data.rating))];
    case ACTIVITY.bookSearched: {
      const books = data.books as string[];
      if (books.length === 0) return [];
      const found = books.slice(0, 5).map((book, place): Vote => ({ ...of("found", 5 - place), key: book }));
      return [{ ...of("searched", 10), subject: "query", key: String(data.normal) }, ...found];
    }
    default:
      return [];
  }
}

/** The votes that events come to in the order in which they had their effect: the first of each, none of erased readers. */
export function votesOf(events: Event[]): Vote[] {
  const votes = new Map<string, Vote>();
  for (const vote of lasting(events).flatMap(votesOfOne)) {
    if (!votes.has(voteName(vote))) votes.set(voteName(vote), vote);
  }
  return [...votes.values()];
}
