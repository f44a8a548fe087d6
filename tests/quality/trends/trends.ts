import { createMemoryTrendStore } from "@/adapters/memory/trend/trend_store.ts";
import { openTrendStore } from "@/adapters/sqlite/stores/trend_store.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { ACTIVITY } from "@/application/activity/messages.ts";
import { CATALOG } from "@/application/catalog/messages.ts";
import { listBookTrends } from "@/application/trend/lists/list_trends.ts";
import type { TrendEvent } from "@/application/trend/messages.ts";
import { offeredWindows } from "@/application/trend/lists/offered_windows.ts";
import type { TrendStore } from "@/application/trend/ports.ts";
import { projectTrends } from "@/application/trend/counting/project_trends.ts";
import { tuneTrend } from "@/application/trend/tuning/tune_trend.ts";
import { DAY, HOUR, MINUTE } from "@/domain/hours.ts";
import { ndcg } from "@/domain/ndcg.ts";
import { ENOUGH_ACTS } from "@/domain/trend/replay.ts";
import { WINDOWS } from "@/domain/trend/window.ts";
import { readTimedActs, type TimedAct } from "./trend_acts.ts";
import { readersOf, References } from "./trend_references.ts";
import { openProjectionStore } from "@/tests/quality/projection_store.ts";

export type TrendOptions = {
  events: string;
  unit: string;
  horizon?: string;
  map: string;
  windows: string;
  tuneEvery: string;
  leastReaders: string;
  store: "sqlite" | "memory";
  json?: true;
};

const WARM_UP = 30;
const EVENTS_PER_CHUNK = 1_000;
const UNIT_MS: Record<string, number> = { h: HOUR, d: DAY, w: 7 * DAY };
const TUNED = "default, tuned";
const UNTUNED = "default, not tuned";

/** Sums of NDCG@20 of one list. */
type Sums = { next1: number; count1: number; next: number; count: number };
type Figures = { next1: number; next: number; moments: number };

/** Replays a file through the trend consumer's path and prints how well each list foretold what came next. */
export async function trendQuality(options: TrendOptions): Promise<void> {
  const unitMs = unitOf(options.unit);
  const horizon = Number(options.horizon ?? (unitMs >= 7 * DAY ? 4 : 7));
  const acts = readTimedActs(await Deno.readTextFile(options.events), options.map);
  const { store, close } = await openProjectionStore<TrendStore>(options.store, {
    memory: createMemoryTrendStore,
    sqlite: (path) => openTrendStore({ path, clock }),
  });
  try {
    await learn(store, [...new Set(acts.map(({ book }) => book))].map(bookAdded));
    const result = await measure(store, unitsOf(acts, unitMs), { unitMs, horizon, options });
    print(result, { acts: acts.length, horizon }, options);
  } finally {
    await close();
  }
}

function unitOf(text: string): number {
  const [, number, name] = /^(\d+)([hdw])$/.exec(text) ?? [];
  if (name === undefined) throw new Error(`--unit: wanted such as 1d or 1w, found ${text}`);
  return Number(number) * UNIT_MS[name]!;
}

/** Acts of each unit from the first one on, with the time at which it begins. */
function unitsOf(acts: TimedAct[], unitMs: number): { begins: number; acts: TimedAct[] }[] {
  const first = Math.floor(acts[0]!.time / unitMs);
  const count = Math.floor(acts.at(-1)!.time / unitMs) - first + 1;
  const found = Map.groupBy(acts, ({ time }) => Math.floor(time / unitMs) - first);
  return Array.from({ length: count }, (_, unit) => ({ begins: (first + unit) * unitMs, acts: found.get(unit) ?? [] }));
}

async function learn(store: TrendStore, events: TrendEvent[]): Promise<void> {
  const { uow } = store.at(1);
  for (let at = 0; at < events.length; at += EVENTS_PER_CHUNK) {
    await uow.run((stores) => projectTrends(events.slice(at, at + EVENTS_PER_CHUNK), stores));
  }
}

const bookAdded = (id: string): TrendEvent => ({
  type: CATALOG.bookAdded,
  id: `added ${id}`,
  time: 0,
  data: { id, title: id, authors: [], subjects: [], popularity: 0, version: 1 },
});

function done({ time, book, reader, rating }: TimedAct, at: number): TrendEvent {
  const id = `act ${time} ${at}`;
  return rating === undefined
    ? { type: ACTIVITY.bookShelved, id, time, data: { reader, book, shelf: "read" } }
    : { type: ACTIVITY.bookRated, id, time, data: { reader, book, rating } };
}

type Units = ReturnType<typeof unitsOf>;
type Asked = { unitMs: number; horizon: number; options: TrendOptions };

/**
 * Learns unit by unit, and compares the lists at each unit's end with what came behind it. The default is tuned on what is learned by
 * then and nothing else, so that no unit is judged by a window that was chosen on it.
 */
async function measure(store: TrendStore, units: Units, { unitMs, horizon, options }: Asked) {
  const { view, floor } = store.at(1);
  const references = new References();
  const sums = new Map<string, Sums>();
  const rising = { hits: 0, moments: 0 };
  const windows = options.windows === "all" ? [...WINDOWS] : options.windows.split(",").filter(Boolean);
  let tuned: string | undefined;
  for (const [unit, { begins, acts }] of units.entries()) {
    await learn(store, acts.map(done));
    references.add(unit, acts);
    const behind = (count: number) => units.slice(unit + 1, unit + 1 + count).flatMap((one) => one.acts);
    const [next, later] = [behind(1), behind(horizon)];
    const isWhole = unit + horizon < units.length;
    if (unit < WARM_UP || (next.length < ENOUGH_ACTS && !(isWhole && later.length >= ENOUGH_ACTS))) continue;
    const at = begins + unitMs - 1;
    const list = async (window: string, order: "top" | "rising" = "top") => {
      const query = { window, order, at, limit: 20, leastReaders: Number(options.leastReaders) };
      return (await listBookTrends({ view, floor }, query)).map(({ book }) => book.id);
    };
    const standard = (await offeredWindows({ settings: { ...store.settings, last }, view, at })).window;
    if (tuned === undefined || (unit - WARM_UP) % Number(options.tuneEvery) === 0) {
      tuned = (await tuneTrend(view, tuned ?? standard, { clock, maxMs: 5 * MINUTE }))?.setting.window ?? tuned;
    }
    const byWindow = new Map<string, string[]>();
    for (const window of new Set([...windows, standard, tuned ?? standard])) byWindow.set(window, await list(window));
    const lists = {
      [TUNED]: byWindow.get(tuned ?? standard)!,
      [UNTUNED]: byWindow.get(standard)!,
      ...Object.fromEntries(windows.map((window) => [window, byWindow.get(window)!])),
      ...references.lists(unit, unitMs),
    };
    for (const [name, own] of Object.entries(lists)) {
      const sum = sums.get(name) ?? { next1: 0, count1: 0, next: 0, count: 0 };
      sums.set(name, sum);
      if (next.length >= ENOUGH_ACTS) add(sum, "next1", "count1", ndcg(own, readersOf(next)));
      if (isWhole && later.length >= ENOUGH_ACTS) add(sum, "next", "count", ndcg(own, readersOf(later)));
    }
    if (next.length >= ENOUGH_ACTS) {
      const risers = references.risers(unit, readersOf(next));
      const found = await list(tuned ?? standard, "rising");
      rising.hits += found.filter((book) => risers.has(book)).length / 20;
      rising.moments++;
    }
  }
  const figures = new Map([...sums].map(([name, sum]): [string, Figures] => [name, {
    next1: sum.next1 / Math.max(1, sum.count1),
    next: sum.next / Math.max(1, sum.count),
    moments: sum.count1,
  }]));
  return { figures, window: tuned ?? "", rising20: rising.hits / Math.max(1, rising.moments) };
}

const last = () => Promise.resolve(undefined);

function add(sum: Sums, name: "next1" | "next", count: "count1" | "count", value: number): void {
  sum[name] += value;
  sum[count]++;
}

function print(
  { figures, window, rising20 }: Awaited<ReturnType<typeof measure>>,
  { acts, horizon }: { acts: number; horizon: number },
  { json, store, unit }: TrendOptions,
): void {
  console.log(`${acts} acts on ${store}, NDCG@20 of the next ${unit} and of the next ${horizon}:`);
  for (const [name, { next1, next, moments }] of figures) {
    console.log(`${name.padEnd(20)} ${next1.toFixed(4)}  ${next.toFixed(4)}  (${moments} moments)`);
  }
  console.log(`last tuned to ${window}; of the 20 that rise most next, rising lists ${rising20.toFixed(3)}`);
  if (json !== true) return;
  const { next1, next } = figures.get(TUNED)!;
  const all = Object.fromEntries([...figures].map(([name, own]) => [name, { next1: own.next1, next: own.next }]));
  console.log(JSON.stringify({ window, next1, next, horizon, rising20, lists: all, store }, rounded));
}

const rounded = (_: string, value: unknown) => typeof value === "number" ? Number(value.toFixed(4)) : value;
