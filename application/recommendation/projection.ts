import type { Interaction, InteractionKind, ReaderSearch } from "@/domain/recommendation/interaction.ts";
import { ACTIVITY, ACTIVITY_TOPICS } from "@/application/activity/messages.ts";
import { CATALOG } from "@/application/catalog/messages.ts";
import { defined } from "@/application/defined.ts";
import type { ProjectionStores } from "@/application/messaging/rebuild/ports.ts";
import { keyName } from "@/application/messaging/wire/key_name.ts";
import type { EventsOf } from "@/application/messaging/consuming/projection_sink.ts";
import type { recommendationEvents } from "./messages.ts";
import type { BookFactsStore, ChangeMarks, ErasedMarks, Interactions, KnownBook } from "./ports.ts";

/** Names the consumer. */
export const RECOMMENDATION = "recommendation";

export type RecommendationEvent = EventsOf<typeof recommendationEvents>;
export type RecommendationStores = ProjectionStores & {
  interactions: Interactions;
  books: BookFactsStore;
  changed: ChangeMarks;
  erased: ErasedMarks;
};

/** Folds a chunk of events into rows per reader, book and act; the row's key is the guard against having it twice. */
export async function projectRecommendations(
  events: RecommendationEvent[],
  stores: RecommendationStores,
): Promise<void> {
  await stores.books.put(events.flatMap(bookOf));
  let from = 0;
  for (let at = 0; at < events.length; at++) {
    const event = events[at]!;
    if (event.type !== ACTIVITY.readerErased) continue;
    await keepActs(events.slice(from, at), stores);
    await stores.erased.add(event.data.reader, event.time);
    await stores.deadLetters.forget([ACTIVITY_TOPICS.events], keyName(event.data.reader));
    const books = await stores.interactions.removeReader(event.data.reader);
    await stores.changed.mark([
      { kind: "reader", id: event.data.reader },
      ...books.map((id) => ({ kind: "book" as const, id })),
    ]);
    from = at + 1;
  }
  await keepActs(events.slice(from), stores);
}

const keepActs = (events: RecommendationEvent[], stores: RecommendationStores): Promise<void> =>
  keepRows(events.flatMap(interactionOf), events.flatMap(searchOf), stores);

/** Keeps rows and searches of readers that are not erased. */
export async function keepRows(
  rows: Interaction[],
  searches: ReaderSearch[],
  stores: RecommendationStores,
): Promise<void> {
  const readers = [...new Set([...rows, ...searches].map((row) => row.reader))];
  if (readers.length === 0) return;
  const erased = await stores.erased.has(readers);
  const changed = await stores.interactions.put(rows.filter((row) => !erased.has(row.reader)));
  await stores.interactions.putSearches(searches.filter((search) => !erased.has(search.reader)));
  await stores.changed.mark(changed.map((id) => ({ kind: "reader", id })));
}

/** Acts of anonymous readers say nothing about anybody's taste. */
function interactionOf({ type, time, data }: RecommendationEvent): Interaction[] {
  switch (type) {
    case ACTIVITY.bookViewed:
      return data.reader === undefined ? [] : [row(data.reader, data.book, "viewed", time)];
    case ACTIVITY.bookShelved:
      return [row(data.reader, data.book, data.shelf, time)];
    case ACTIVITY.bookRated:
      return [{ ...row(data.reader, data.book, "rated", time), stars: data.rating }];
    case ACTIVITY.bookDismissed:
      return [row(data.reader, data.book, "dismissed", time)];
    default:
      return [];
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
  if (type !== ACTIVITY.bookSearched || data.reader === undefined || data.books.length === 0) return [];
  return [{ reader: data.reader, normal: data.normal, query: data.query, books: data.books, time }];
}

function bookOf({ type, data }: RecommendationEvent): KnownBook[] {
  switch (type) {
    case CATALOG.bookAdded:
    case CATALOG.bookChanged: {
      const { id, title, authors, subjects, year, language, popularity, version } = data;
      return [{ id, title, authors, subjects, popularity, version, removed: false, ...defined({ year, language }) }];
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
