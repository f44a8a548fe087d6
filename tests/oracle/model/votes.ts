import type { Kind, Vote } from "@/domain/trend/vote.ts";
import { ACTIVITY } from "@/application/activity/messages.ts";
import { type Event, lasting } from "../events.ts";

const HOUR_MS = 3_600_000;
const SHELF_WEIGHT = { want: 20, reading: 30, read: 40 };

/** What makes a vote the vote it is, by the oracle's own words: a reader's act of a kind on a key in an hour. */
export const voteName = ({ subject, key, kind, reader, time }: Vote): string =>
  [subject, key, kind, reader, Math.floor(time / HOUR_MS)].join(" ");

/** Whether an act votes for its client: nobody is known, or too many come by that client. */
export const isClients = ({ envelope: { data } }: Pick<Event, "envelope">): boolean =>
  data.reader === undefined || data.voter === "client";

/**
 * The votes of one event, by weights that the oracle knows for itself. An act of a client votes for it once an hour, and a little;
 * where no client is known either, by the event's id.
 */
export function votesOfOne(event: Pick<Event, "envelope" | "time">): Vote[] {
  if (event.envelope.data.counts === false) return [];
  return isClients(event) ? clientVotes(event) : readerVotes(event);
}

function readerVotes({ envelope: { type, data }, time }: Pick<Event, "envelope" | "time">): Vote[] {
  const of = (kind: Kind, weight: number): Vote => ({
    subject: "book",
    key: String(data.book),
    kind,
    reader: String(data.reader),
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

function clientVotes({ envelope: { type, id, data }, time }: Pick<Event, "envelope" | "time">): Vote[] {
  const by = data.client === undefined
    ? { reader: id, time }
    : { reader: `client ${data.client}`, time: Math.floor(time / HOUR_MS) * HOUR_MS };
  switch (type) {
    case ACTIVITY.bookViewed:
    case ACTIVITY.bookShelved:
    case ACTIVITY.bookRated:
      return [{ subject: "book", key: String(data.book), kind: "viewed", ...by, weight: 2 }];
    case ACTIVITY.bookSearched:
      return (data.books as string[]).length === 0
        ? []
        : [{ subject: "query", key: String(data.normal), kind: "searched", ...by, weight: 2 }];
    default:
      return [];
  }
}

/** What a reader's acts of a day weigh together for one key at most. */
const DAY_WEIGHT = 50;

/** The weight of each voter's day for each key, as votes say it; `bounded`: as it is bounded. Clients are not. */
export function daysOf(votes: Vote[], bounded: boolean): Map<string, string> {
  const days = Map.groupBy(
    votes,
    ({ subject, key, reader, time }) => `day ${subject} ${key} ${reader} ${Math.floor(time / (24 * HOUR_MS))}`,
  );
  return new Map([...days].map(([name, own]) => {
    const sum = own.reduce((total, { weight }) => total + weight, 0);
    const most = bounded && !own[0]!.reader.startsWith("client ") ? DAY_WEIGHT : Infinity;
    return [name, String(Math.min(most, sum))];
  }));
}

/**
 * The votes that events come to in the order in which they had their effect: the first of each, none of erased readers. What clients
 * do is of no reader.
 */
export function votesOf(events: Event[]): Vote[] {
  const votes = new Map<string, Vote>();
  const ofReaders = new Set(lasting(events));
  for (const vote of events.filter((event) => ofReaders.has(event) || isClients(event)).flatMap(votesOfOne)) {
    if (!votes.has(voteName(vote))) votes.set(voteName(vote), vote);
  }
  return [...votes.values()];
}
