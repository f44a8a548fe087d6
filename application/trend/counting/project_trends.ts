import { defined } from "@/application/defined.ts";
import { ACTIVITY } from "@/application/activity/messages.ts";
import { CATALOG } from "@/application/catalog/messages.ts";
import { projectWithErasures } from "@/application/messaging/projections/erasures.ts";
import { countVotes, uncountReader } from "./count_votes.ts";
import type { BookRemoval, TrendBook, TrendQuery, TrendStores } from "@/application/trend/ports.ts";
import type { TrendEvent } from "@/application/trend/messages.ts";
import { trendErasures, votesOf } from "./votes_of.ts";

/** Folds a chunk of events into votes, counts and scores. A vote's own key is the guard against counting it twice. */
export async function projectTrends(events: TrendEvent[], stores: TrendStores): Promise<void> {
  await projectWithErasures(events, {
    erasures: trendErasures,
    stores,
    project: (acts) => countVotes(acts.flatMap(votesOf), stores),
    erase: (reader) => uncountReader(reader, stores),
  });
  // Rows that many transactions share come last, so that they are locked for a short time.
  await stores.shown.putBooks(events.flatMap(bookOf));
  await stores.shown.putRemovals(events.flatMap(removalOf));
  // Queries belong to no reader, so that they are the same whenever a reader is erased.
  await stores.shown.putQueries(events.flatMap(queryOf));
}

function bookOf({ type, data }: TrendEvent): TrendBook[] {
  switch (type) {
    case CATALOG.bookAdded:
    case CATALOG.bookChanged:
      return [{
        id: data.id,
        title: data.title,
        authors: data.authors,
        version: data.version,
        removed: false,
        subjects: data.subjects,
        ...defined({ work: data.work }),
      }];
    case CATALOG.bookRemoved:
      return [{ id: data.id, title: "", authors: [], version: data.version, removed: true }];
    default:
      return [];
  }
}

const removalOf = ({ type, time, data }: TrendEvent): BookRemoval[] =>
  type === CATALOG.bookRemoved ? [{ id: data.id, version: data.version, time }] : [];

function queryOf({ type, time, data }: TrendEvent): TrendQuery[] {
  if (type !== ACTIVITY.bookSearched || data.books.length === 0) return [];
  return [{ key: data.normal, query: data.query, books: data.books, time }];
}
