import type { Interaction, InteractionKind, ReaderSearch } from "@/domain/recommendation/interaction.ts";
import { ACTIVITY, activityErasures } from "@/application/activity/messages.ts";
import { CATALOG } from "@/application/catalog/messages.ts";
import { defined } from "@/application/defined.ts";
import { projectWithErasures } from "@/application/messaging/projections/erasures.ts";
import type { EventsOf } from "@/application/messaging/consuming/projection_sink.ts";
import type { KnownBook, RecommendationStores } from "./ports.ts";
import type { recommendationEvents } from "./messages.ts";

type RecommendationEvent = EventsOf<typeof recommendationEvents>;

/** Projects a chunk of events into rows per reader, book and act. The row's key makes a repeated event harmless. */
export async function projectRecommendations(
  events: RecommendationEvent[],
  stores: RecommendationStores,
): Promise<void> {
  await stores.books.put(events.flatMap(bookOf));
  await projectWithErasures(events, {
    erasures: activityErasures,
    stores,
    project: (acts) => putRows(acts.flatMap(interactionOf), acts.flatMap(searchOf), stores),
    erase: (reader) => removeReader(reader, stores),
  });
}

/** Removes all data about a reader. Returns whether there was any. */
async function removeReader(reader: string, { interactions, changed }: RecommendationStores): Promise<boolean> {
  const isKnown = await interactions.has(reader);
  const books = await interactions.removeReader(reader);
  await changed.mark([{ kind: "reader", id: reader }, ...books.map((id) => ({ kind: "book" as const, id }))]);
  return isKnown;
}

/** Stores rows and searches, except those of erased readers. */
export async function keepRows(
  rows: Interaction[],
  searches: ReaderSearch[],
  stores: RecommendationStores,
): Promise<void> {
  const readers = [...new Set([...rows, ...searches].map((row) => row.reader))];
  const erased = readers.length === 0 ? new Set<string>() : await stores.erased.has(readers);
  const isKept = ({ reader }: { reader: string }) => !erased.has(reader);
  await putRows(rows.filter(isKept), searches.filter(isKept), stores);
}

async function putRows(
  rows: Interaction[],
  searches: ReaderSearch[],
  { interactions, changed }: RecommendationStores,
): Promise<void> {
  if (rows.length === 0 && searches.length === 0) return;
  const readers = await interactions.put(rows);
  await interactions.putSearches(searches);
  await changed.mark(readers.map((id) => ({ kind: "reader", id })));
}

/** Acts that revoke something apply even to a reader who is no longer counted. */
const TAKES_BACK: string[] = [ACTIVITY.bookDismissed, ACTIVITY.bookCleared];

/** Returns no row for anonymous readers, nor for uncounted readers unless the act revokes something. */
function interactionOf({ type, time, data }: RecommendationEvent): Interaction[] {
  if ("counts" in data && data.counts === false && !TAKES_BACK.includes(type)) return [];
  switch (type) {
    case ACTIVITY.bookViewed:
      return data.reader === undefined ? [] : [row(data.reader, data.book, "viewed", time)];
    case ACTIVITY.bookShelved:
      return [row(data.reader, data.book, data.shelf, time)];
    case ACTIVITY.bookRated:
      return [{ ...row(data.reader, data.book, "rated", time), stars: data.rating }];
    case ACTIVITY.bookDismissed:
      return [row(data.reader, data.book, "dismissed", time)];
    case ACTIVITY.bookCleared:
      return [row(data.reader, data.book, kindOfCleared(data.what), time)];
    default:
      return [];
  }
}

function kindOfCleared(what: "shelf" | "rating" | undefined): InteractionKind {
  switch (what) {
    case "shelf":
      return "unshelved";
    case "rating":
      return "unrated";
    case undefined:
      return "cleared";
  }
}

const row = (reader: string, book: string, kind: InteractionKind, time: number): Interaction => ({
  reader,
  book,
  kind,
  stars: 0,
  time,
});

function searchOf({ type, time, data }: RecommendationEvent): ReaderSearch[] {
  if ("counts" in data && data.counts === false) return [];
  if (type !== ACTIVITY.bookSearched || data.reader === undefined || data.books.length === 0) return [];
  return [{ reader: data.reader, normal: data.normal, query: data.query, books: data.books, time }];
}

function bookOf({ type, data }: RecommendationEvent): KnownBook[] {
  switch (type) {
    case CATALOG.bookAdded:
    case CATALOG.bookChanged: {
      const { id, title, authors, subjects, popularity, version, year, language, series, work } = data;
      const optional = defined({ year, language, series, work });
      return [{ id, title, authors, subjects, popularity, version, removed: false, ...optional }];
    }
    case CATALOG.bookRemoved:
      return [{
        id: data.id,
        title: "",
        authors: [],
        subjects: [],
        popularity: 0,
        version: data.version,
        removed: true,
      }];
    default:
      return [];
  }
}
