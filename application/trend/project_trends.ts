import { bookVote, ratingVote, searchVotes, type Vote } from "@/domain/trend/vote.ts";
import { ACTIVITY, activityErasures } from "@/application/activity/messages.ts";
import { CATALOG } from "@/application/catalog/messages.ts";
import { projectWithErasures } from "@/application/messaging/projections/erasures.ts";
import type { EventsOf } from "@/application/messaging/consuming/projection_sink.ts";
import { countVotes, uncountReader } from "./count_votes.ts";
import type { TrendBook, TrendQuery, TrendStores } from "./ports.ts";
import type { trendEvents } from "./messages.ts";

export type TrendEvent = EventsOf<typeof trendEvents>;

/** Folds a chunk of events into votes, counts and scores. A vote's own key is the guard against counting it twice. */
export async function projectTrends(events: TrendEvent[], stores: TrendStores): Promise<void> {
  await projectWithErasures(events, {
    erasures: activityErasures,
    stores,
    project: (acts) => countVotes(acts.flatMap(votesOf), stores),
    erase: (reader) => uncountReader(reader, stores),
  });
  // Rows that many transactions share come last, so that they are locked for a short time.
  await stores.shown.putBooks(events.flatMap(bookOf));
  // Queries belong to no reader, so that they are the same whenever a reader is erased.
  await stores.shown.putQueries(events.flatMap(queryOf));
}

function votesOf({ type, id, time, data }: TrendEvent): Vote[] {
  switch (type) {
    case ACTIVITY.bookViewed:
      return [bookVote(data.book, "viewed", { reader: data.reader ?? id, time })];
    case ACTIVITY.bookShelved:
      return [bookVote(data.book, data.shelf, { reader: data.reader, time })];
    case ACTIVITY.bookRated:
      // Other systems may send 0 stars, which weigh nothing.
      return data.rating < 1 ? [] : [ratingVote(data.book, data.rating, { reader: data.reader, time })];
    case ACTIVITY.bookSearched:
      return searchVotes(data.normal, data.books, { reader: data.reader ?? id, time });
    default:
      return [];
  }
}

function bookOf({ type, data }: TrendEvent): TrendBook[] {
  switch (type) {
    case CATALOG.bookAdded:
    case CATALOG.bookChanged:
      return [{ id: data.id, title: data.title, authors: data.authors, version: data.version, removed: false }];
    case CATALOG.bookRemoved:
      return [{ id: data.id, title: "", authors: [], version: data.version, removed: true }];
    default:
      return [];
  }
}

function queryOf({ type, time, data }: TrendEvent): TrendQuery[] {
  if (type !== ACTIVITY.bookSearched || data.books.length === 0) return [];
  return [{ key: data.normal, query: data.query, books: data.books, time }];
}
