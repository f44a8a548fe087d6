import { createMemoryRecommendationStore } from "@/adapters/memory/recommendation/recommendation_store.ts";
import { openRecommendationStore } from "@/adapters/sqlite/stores/recommendation_store.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { ACTIVITY } from "@/application/activity/messages.ts";
import { withWork } from "@/application/catalog/books/editions.ts";
import { CATALOG } from "@/application/catalog/messages.ts";
import { piecesOf } from "@/application/pieces.ts";
import { RECOMMENDATION_BACKFILLS } from "@/application/recommendation/backfill.ts";
import { startEngine } from "@/application/recommendation/engine/engine.ts";
import { type BookFacts, likeness } from "@/domain/recommendation/likeness.ts";
import { DEFAULT_SETTINGS, type Settings } from "@/domain/recommendation/settings.ts";
import type { ChangeMark, RecommendationStore } from "@/application/recommendation/ports.ts";
import { projectRecommendations } from "@/application/recommendation/project_recommendations.ts";
import { IndexedBooks } from "@/application/recommendation/lists/indexed_books.ts";
import { recommendBooks } from "@/application/recommendation/lists/recommend_books.ts";
import { tuneRecommendation } from "@/application/recommendation/tuning/tune_recommendation.ts";
import { silent as logger } from "@/tests/support/samples.ts";
import type { Act } from "./acts.ts";
import { openProjectionStore } from "@/tests/quality/projection_store.ts";
import { openShop } from "@/tests/quality/search/shop.ts";

type Event = Parameters<typeof projectRecommendations>[0][number];
export type TaughtShop = Awaited<ReturnType<typeof openTaughtShop>>;

const EVENTS_PER_CHUNK = 1_000;
const SAMPLE_EVERY_MS = 50;
const ALL_LOST = { since: Infinity, before: Infinity };

/** A recommendation store of its own that learns acts as the consumer and the engine do, and lists as the service does. */
export async function openTaughtShop(name: "sqlite" | "memory") {
  const { store, close } = await openProjectionStore<RecommendationStore>(name, {
    memory: createMemoryRecommendationStore,
    sqlite: (path) => openRecommendationStore({ path, clock }),
  });
  let version = 1;
  let settings = DEFAULT_SETTINGS;
  const parts = { leases: store.leases, changes: store.changes() };
  let engine: ReturnType<typeof startEngine> | undefined;
  let [peakBytes, learnMs] = [0, 0];
  const sample = () => peakBytes = Math.max(peakBytes, Deno.memoryUsage().rss);
  const timer = setInterval(sample, SAMPLE_EVERY_MS);
  const learn = async (work: () => Promise<void>) => {
    const began = performance.now();
    await work();
    learnMs += performance.now() - began;
    sample();
  };
  const facts = new Map<string, BookFacts>();
  // Kept between lists, as the service does until books or lists change.
  let indexed = new IndexedBooks(store.at(version).books);
  const project = <Item>(items: Item[], eventOf: (item: Item) => Event) =>
    learn(async () => {
      for (const some of piecesOf(items, EVENTS_PER_CHUNK)) {
        await store.at(version).uow.run((stores) => projectRecommendations(some.map(eventOf), stores));
      }
    });
  const refresh = async (entirely: boolean) => {
    const its = store.at(version);
    engine ??= startEngine({ ...its, ...parts, version, clock, logger, owner: "quality" });
    const isDone = (mark: ChangeMark | undefined) => mark === undefined || (!entirely && mark.kind === "list");
    while (!isDone((await its.marks.oldest(1))[0])) await clock.sleep(1);
    indexed.forgetLists();
  };
  return {
    /** Adds the books of a file that `import` reads, and those ids that it does not have. */
    addBooks: async (ids: Set<string>, file?: string) => {
      const known = file === undefined ? [] : await booksOf(file);
      const missing = ids.difference(new Set(known.map(({ data }) => data.id)));
      for (const { data } of known) facts.set(data.id, data);
      await project<Event>([...known, ...[...missing].map(bareBook)], (event) => event);
      indexed = new IndexedBooks(store.at(version).books);
    },
    areAlike: (one: string, other: string) => {
      const [a, b] = [facts.get(one), facts.get(other)];
      return a !== undefined && b !== undefined && likeness(a, b) !== undefined;
    },
    /** What the consumer does: an act counts for its reader's own list from now on. */
    project: (acts: Act[]) => project(acts, done),
    /**
     * Waits until no changed reader waits for the engine: the acts so far count for the lists of all. `entirely`: until no list waits
     * that only has a neighbour with other readers either.
     */
    refresh: ({ entirely }: { entirely: boolean }) => learn(() => refresh(entirely)),
    list: (reader: string) =>
      recommendBooks({ readers: store.at(version).readers, books: indexed, settings }, reader, 20),
    /** Chooses settings by what was learned, as the service does by itself and `tune` does. */
    tune: (options: Pick<Parameters<typeof tuneRecommendation>[2], "maxMs" | "onProgress">) =>
      tuneRecommendation(store.at(version), settings, { ...options, clock }),
    /** Fills the next version by the settings and lists from it, as a rebuild does whose log has lost all. */
    async takeOver(chosen: Settings) {
      const from = store.at(version);
      await engine?.stop();
      engine = undefined;
      [version, settings] = [version + 1, chosen];
      const into = store.at(version);
      await into.settings.put(chosen, clock.now());
      for (const { copy } of RECOMMENDATION_BACKFILLS) await copy(from, into, ALL_LOST, sample);
      indexed = new IndexedBooks(into.books);
      await refresh(true);
    },
    spent: () => ({ learnSeconds: learnMs / 1000, peakMb: peakBytes / 2 ** 20 }),
    async close() {
      clearInterval(timer);
      await engine?.stop();
      await close();
    },
  };
}

async function booksOf(file: string) {
  const shop = await openShop("memory", file, undefined);
  try {
    return (await shop.books()).map((book) => ({ ...bareBook(book.id), data: withWork(book) }));
  } finally {
    await shop.close();
  }
}

const bareBook = (id: string) => ({
  type: CATALOG.bookAdded,
  id: `added ${id}`,
  time: 0,
  data: { id, title: id, authors: [], subjects: [], popularity: 0, version: 1 },
});

function done({ reader, book, weight, time }: Act): Event {
  const id = `act ${reader} ${book}`;
  return weight === undefined
    ? { type: ACTIVITY.bookShelved, id, time, data: { reader, book, shelf: "read" } }
    : { type: ACTIVITY.bookRated, id, time, data: { reader, book, rating: weight } };
}
