import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createMemoryRecommendationStore } from "@/adapters/memory/recommendation/recommendation_store.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { ACTIVITY } from "@/application/activity/messages.ts";
import { CATALOG } from "@/application/catalog/messages.ts";
import { startEngine } from "@/application/recommendation/engine/engine.ts";
import type { RecommendationStore } from "@/application/recommendation/ports.ts";
import { projectRecommendations } from "@/application/recommendation/project_recommendations.ts";
import { listSimilar, recommendBooks } from "@/application/recommendation/lists/recommend_books.ts";
import { DEFAULT_SETTINGS } from "@/domain/recommendation/settings.ts";
import { createRandom } from "@/application/shared/random.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { silent as logger, T0 } from "@/tests/support/samples.ts";
import type { StoreUnderTest } from "@/tests/contracts/messaging/messaging_contract.ts";

type Event = Parameters<typeof projectRecommendations>[0][number];

/** A version that no other contract writes to. */
const VERSION = 90;
const BOOKS = Array.from({ length: 60 }, (_, at) => `book-${at}`);
const READERS = Array.from({ length: 25 }, (_, at) => `reader-${at}`);
const ACTS = 400;
const CHUNK = 50;

/** Books of a few authors, series, languages and subjects (one has more books than are compared), some of them editions of a work. */
function* bookEvents(): Generator<Event> {
  const random = createRandom(1).fork("books");
  for (const [at, id] of BOOKS.entries()) {
    const data = {
      id,
      title: `Título ${at}`,
      authors: [`Émile ${random.below(15)}`],
      subjects: [`Subject ${random.below(2)}`, `subject ${random.below(8)}`],
      popularity: random.below(5),
      version: 1,
      work: `work ${at % 50}`,
      language: random.pick(["en", "fr"]),
      ...(random.chance(0.3) ? { series: `Series ${random.below(4)}` } : {}),
    };
    yield { type: CATALOG.bookAdded, id: `added ${at}`, time: T0, data };
  }
}

/** Acts of every kind; several of them at one time. */
function* actEvents(): Generator<Event> {
  const random = createRandom(1).fork("acts");
  for (let at = 0; at < ACTS; at++) {
    const [reader, book] = [random.pick(READERS), random.pick(BOOKS)];
    const event = { id: `act ${at}`, time: T0 + Math.floor(at / 3) * 1_000 };
    const query = `Query ${random.below(9)}`;
    const books = [random.pick(BOOKS), random.pick(BOOKS)];
    yield random.pick<Event>([
      { ...event, type: ACTIVITY.bookViewed, data: { reader, book } },
      { ...event, type: ACTIVITY.bookShelved, data: { reader, book, shelf: random.pick(["want", "reading", "read"]) } },
      { ...event, type: ACTIVITY.bookRated, data: { reader, book, rating: random.int(1, 5) } },
      { ...event, type: ACTIVITY.bookDismissed, data: { reader, book } },
      {
        ...event,
        type: ACTIVITY.bookSearched,
        data: { reader, query, normal: query.toLowerCase(), results: 2, books },
      },
    ]);
  }
}

/** What readers see once the engine is quiet: every list of a reader and of a book. */
async function finishedLists(store: RecommendationStore) {
  const { uow, readers, marks, books, settings } = store.at(VERSION);
  const events = [...bookEvents(), ...actEvents()];
  for (let at = 0; at < events.length; at += CHUNK) {
    await uow.run((stores) => projectRecommendations(events.slice(at, at + CHUNK), stores));
  }
  const parts = { uow, readers, marks, books, settings, leases: store.leases, changes: store.changes() };
  const engine = startEngine({ ...parts, version: VERSION, clock, logger, owner: "lists" });
  await eventually(engine.idle);
  await engine.stop();
  const sources = { readers, books, settings: DEFAULT_SETTINGS };
  return {
    ofReaders: await Promise.all([...READERS, "nobody"].map((reader) => recommendBooks(sources, reader, 20))),
    ofBooks: await Promise.all(BOOKS.map((book) => listSimilar(sources, book, 20))),
  };
}

/** Every store gives the same lists, with the same scores and reasons, for the same acts. */
export function finishedListsContract(name: string, make: () => Promise<StoreUnderTest<RecommendationStore>>): void {
  describe(`finished lists: ${name}`, () => {
    let made: StoreUnderTest<RecommendationStore>;
    before(async () => {
      made = await make();
    });
    after(() => made?.close());

    it("are the same as from memory: books, scores and reasons, for readers and for books", async () => {
      const wanted = await finishedLists(createMemoryRecommendationStore());
      const kinds = new Set(
        [...wanted.ofReaders, ...wanted.ofBooks].flatMap((list) => list!.map(({ reason }) => reason.kind)),
      );
      expect(kinds.size).toBeGreaterThanOrEqual(5);
      expect(await finishedLists(made.store)).toEqual(wanted);
    });
  });
}
