import { createMemoryRecommendationStore } from "@/adapters/memory/recommendation_store.ts";
import { openRecommendationStore } from "@/adapters/sqlite/recommendation_store.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { ACTIVITY } from "@/application/activity/messages.ts";
import { CATALOG } from "@/application/catalog/messages.ts";
import { startEngine } from "@/application/recommendation/engine.ts";
import type { RecommendationStore } from "@/application/recommendation/ports.ts";
import { projectRecommendations } from "@/application/recommendation/project_recommendations.ts";
import { recommendBooks } from "@/application/recommendation/recommend_books.ts";
import { silent as logger } from "@/tests/support/samples.ts";
import { createRandom } from "@/tests/faults/random.ts";
import { type Act, booksByReader, readActs } from "./acts.ts";
import { type Ranking, Rankings } from "./ranking.ts";
import { openProjectionStore } from "./projection_store.ts";

export type RecommendationOptions = {
  train: string;
  test?: string;
  seed: string;
  store: "sqlite" | "memory";
  json?: true;
};
type Split = { train: Act[]; test: Act[] };
type Event = Parameters<typeof projectRecommendations>[0][number];

/** Learns the first file, asks for 20 books for each reader of the second, and prints the figures. */
export async function recommendationQuality(options: RecommendationOptions): Promise<void> {
  const split = await readSplit(options);
  const { store, close } = await openProjectionStore<RecommendationStore>(options.store, {
    memory: createMemoryRecommendationStore,
    sqlite: (path) => openRecommendationStore({ path, clock }),
  });
  try {
    const began = clock.now();
    const books = await learn(store, split);
    const learnSeconds = (clock.now() - began) / 1000;
    const peakMb = Deno.memoryUsage().rss / 2 ** 20;
    const asked = clock.now();
    const figures = await measure(store, split, books);
    print(figures, { learnSeconds, peakMb, listMs: (clock.now() - asked) / Math.max(1, figures.readers) }, options);
  } finally {
    await close();
  }
}

/** Without a test file a fifth of the acts is held back, drawn by the seed: settings are chosen on that. */
async function readSplit({ train, test, seed }: RecommendationOptions): Promise<Split> {
  const acts = readActs(await Deno.readTextFile(train));
  if (test !== undefined) return { train: acts, test: readActs(await Deno.readTextFile(test)) };
  console.log(`validation: a fifth of ${train} held back, seed ${seed}`);
  const random = createRandom(Number(seed));
  const parts = Map.groupBy(acts, () => random.chance(0.2) ? "test" : "train");
  return { train: parts.get("train") ?? [], test: parts.get("test") ?? [] };
}

const EVENTS_PER_CHUNK = 1_000;

/** Projects the events as the consumer does and lets the engine make its lists; returns how many books there are. */
async function learn(store: RecommendationStore, { train, test }: Split): Promise<number> {
  const { uow, readers, marks } = store.at(1);
  const ids = new Set([...train, ...test].map(({ book }) => book));
  const events = [...[...ids].map(bookAdded), ...train.map(done)];
  for (let at = 0; at < events.length; at += EVENTS_PER_CHUNK) {
    await uow.run((stores) => projectRecommendations(events.slice(at, at + EVENTS_PER_CHUNK), stores));
  }
  const { leases } = store;
  const changes = store.changes();
  const engine = startEngine({ uow, readers, marks, leases, changes, version: 1, clock, logger, owner: "quality" });
  while (!(await engine.idle())) await clock.sleep(20);
  await engine.stop();
  return ids.size;
}

const bookAdded = (id: string): Event => ({
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

async function measure(store: RecommendationStore, { train, test }: Split, books: number): Promise<Ranking> {
  const known = booksByReader(train);
  const rankings = new Rankings();
  for (const [reader, wanted] of booksByReader(test)) {
    const list = await recommendBooks(store.at(1), reader, 20);
    rankings.add(list.map(({ book }) => book.id), { wanted, known: known.get(reader) ?? new Set() });
  }
  return rankings.figures(books);
}

function print(
  { readers, recall20, ndcg20, coverage20, leaks, empty }: Ranking,
  { learnSeconds, peakMb, listMs }: { learnSeconds: number; peakMb: number; listMs: number },
  { json, store }: RecommendationOptions,
): void {
  console.log(`${readers} readers on ${store}: R@20 ${recall20.toFixed(4)}  N@20 ${ndcg20.toFixed(4)}`);
  console.log(`coverage@20 ${coverage20.toFixed(3)}, ${leaks} known books listed, ${empty} empty lists`);
  console.log(`learned in ${learnSeconds.toFixed(1)} s, ${listMs.toFixed(1)} ms a list, ${peakMb.toFixed(0)} MB`);
  if (json !== true) return;
  const figures = { recall20, ndcg20, coverage20, leaks, empty, learn_s: learnSeconds, peak_mb: peakMb };
  console.log(JSON.stringify({ ...figures, list_ms: listMs, store }, rounded));
}

const rounded = (_: string, value: unknown) => typeof value === "number" ? Number(value.toFixed(4)) : value;
