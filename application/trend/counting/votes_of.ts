import { tidySpelling } from "@/domain/trend/spelling.ts";
import {
  anonymousVote,
  bookVote,
  clientVoter,
  clientVoteTime,
  ratingVote,
  searchVotes,
  type Vote,
} from "@/domain/trend/vote.ts";
import { defined } from "@/application/defined.ts";
import { ACTIVITY, activityErasures } from "@/application/activity/messages.ts";
import type { Erasures } from "@/application/messaging/projections/erasures.ts";
import type { TrendEvent } from "@/application/trend/messages.ts";

type Act = { id: string; time: number; data: { reader?: string | undefined; client?: string | undefined } };

/**
 * The votes of an event. Who votes is said by the event alone, so that every replay comes to the same votes. An act of nobody, or
 * of one of too many readers who share a client, is the client's: all of these are one voter.
 */
export const votesOf = (event: TrendEvent): Vote[] =>
  isLeftOut(event) ? [] : readerOf(event) === undefined ? anonymousVotes(event) : readerVotes(event);

/** Votes of clients belong to no reader, so an erasure leaves them as they are. */
export const trendErasures: Erasures = { ...activityErasures, readerOf };

/** The reader who votes by an event. */
function readerOf(event: Parameters<Erasures["readerOf"]>[0]): string | undefined {
  return "voter" in event.data && event.data.voter === "client" ? undefined : activityErasures.readerOf(event);
}

function readerVotes({ type, time, data }: TrendEvent): Vote[] {
  const by = (reader: string, client: string | undefined) => ({ reader, time, ...defined({ client }) });
  switch (type) {
    case ACTIVITY.bookViewed:
      return [bookVote(data.book, "viewed", by(data.reader!, data.client))];
    case ACTIVITY.bookShelved:
      return [bookVote(data.book, data.shelf, by(data.reader, data.client))];
    case ACTIVITY.bookRated:
      // Other systems may send 0 stars, which weigh nothing.
      return data.rating < 1 ? [] : [ratingVote(data.book, data.rating, by(data.reader, data.client))];
    case ACTIVITY.bookSearched: {
      const [query, ...found] = searchVotes(data.normal, data.books, by(data.reader!, data.client));
      return query === undefined ? [] : [{ ...query, spelling: tidySpelling(data.query) }, ...found];
    }
    default:
      return [];
  }
}

function anonymousVotes(event: TrendEvent): Vote[] {
  const { type, data } = event;
  switch (type) {
    case ACTIVITY.bookViewed:
    case ACTIVITY.bookShelved:
    case ACTIVITY.bookRated:
      return [anonymousVote("book", data.book, clientOf({ ...event, data }))];
    case ACTIVITY.bookSearched:
      // A search without a result says nothing about what people can find here, so its query does not trend.
      return data.books.length === 0 ? [] : [anonymousVote("query", data.normal, clientOf({ ...event, data }))];
    default:
      return [];
  }
}

/** Where nothing is known of a client, each event votes for itself. */
const clientOf = ({ id, time, data: { client } }: Act) =>
  client === undefined ? { reader: id, time } : { reader: clientVoter(client), client, time: clientVoteTime(time) };

/** Whether the reader is not to be counted. */
const isLeftOut = ({ data }: TrendEvent): boolean => "counts" in data && data.counts === false;
