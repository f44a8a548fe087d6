import { type Bucket, decayedWeight } from "@/domain/trend/decay.ts";
import { nearestWindows } from "@/domain/trend/half_life.ts";
import { type Order, PAST } from "@/domain/trend/rank_trends.ts";
import type { Subject } from "@/domain/trend/vote.ts";
import { byWork, type Editions } from "@/domain/trend/works.ts";
import type { ReaderFloor, TrendReader } from "@/application/trend/ports.ts";
import { bucketsSince, reachedSince, type Since } from "./since_removal.ts";

export type View = { view: TrendReader; floor: ReaderFloor };
export type Criteria = {
  halfLifeMs: number;
  order: Order;
  /** The time at which votes are weighed. Votes of later buckets do not count. */
  at: number;
  /** Whether `at` is so long ago that what is stored for the lists of now does not serve it. */
  isPast: boolean;
  /** Distinct readers, from as many distinct clients, that a key needs to be listed. */
  leastReaders: number;
};
/** What may be listed: the time from which the votes of a key count, and its work. */
type Showable = { since: Since; workOf(key: string): string | undefined };
/** A place in a list before it is ranked. `key` is shown; `editions` begin with it. */
export type Place = { key: string; editions: Editions; buckets: Bucket[] };

/** Places that are ranked for each list, however many are asked for, so that a list begins alike for every limit. */
export const POOL = 120;
const PAGE = 120;
const MAX_SCANNED = 2_000;
/** Half-lives after which nothing that counts is left of a vote. */
const FORGOTTEN = 40;
/** Half-lives of the past that candidates of an earlier moment are chosen by. */
const CHOSEN_BY = 12;
/** How many times its window a list looks back. */
const REACH: Record<Order, number> = { top: 1, rising: PAST };

/** The keys that may be in a list, with the buckets that it is ranked by. `showable`: asked with all keys so far. */
export async function placesOf(
  subject: Subject,
  { view, floor }: View,
  criteria: Criteria,
  showable: (keys: string[]) => Promise<Showable>,
): Promise<Place[]> {
  const { at, halfLifeMs, order, leastReaders } = criteria;
  const kept: string[] = [];
  const seen = new Set<string>();
  let shown: Showable = { since: new Map(), workOf: () => undefined };
  /** A stored score has votes in it that no longer count where an id was removed, so such a key takes nobody's place. */
  let whole = 0;
  for await (const keys of pagesOf(subject, view, criteria)) {
    const fresh = keys.filter((key) => !seen.has(key));
    for (const key of fresh) seen.add(key);
    shown = await showable(fresh);
    const { since } = shown;
    const known = fresh.filter((key) => since.has(key));
    // A query without a stored vote may be removed at any time, so that no list may hold it.
    const reached = leastReaders <= 1 && subject === "book"
      ? new Set(known)
      : await reachedSince(floor, { subject, known, since, at, leastReaders });
    for (const key of known) {
      if (!reached.has(key) || whole >= POOL) continue;
      kept.push(key);
      if (since.get(key) === 0) whole++;
    }
    if (whole >= POOL) break;
  }
  const earliest = at - FORGOTTEN * REACH[order] * halfLifeMs;
  const buckets = await bucketsSince(view, subject, kept, { since: shown.since, earliest });
  const own = (key: string) => buckets.get(key) ?? [];
  return byWork(kept, shown.workOf, (key) => decayedWeight(own(key), halfLifeMs, at)).map((editions) => ({
    key: editions[0],
    editions,
    // Buckets of one book are not copied, as they may be thousands.
    buckets: editions.length === 1 ? own(editions[0]) : editions.flatMap(own),
  }));
}

/**
 * Pages of candidates, the likeliest first. Those behind the first page are read at once, as the store may sort all keys for them.
 * Those of an earlier moment are one statement, as each weighs all buckets of the past.
 */
async function* pagesOf(
  subject: Subject,
  view: TrendReader,
  { at, halfLifeMs, isPast }: Criteria,
): AsyncGenerator<string[]> {
  if (isPast) {
    const span = { from: at - CHOSEN_BY * halfLifeMs, at, halfLifeMs };
    const keys = await view.candidatesAt(subject, span, MAX_SCANNED);
    for (let skip = 0; skip < keys.length; skip += PAGE) yield keys.slice(skip, skip + PAGE);
    return;
  }
  for (let [skip, most] = [0, PAGE]; skip < MAX_SCANNED; skip += most, most = MAX_SCANNED - skip) {
    const found = await Promise.all(
      nearestWindows(halfLifeMs).map((window) => view.candidates(subject, window, skip, most)),
    );
    for (let at = 0; at < most; at += PAGE) {
      const pages = found.map((keys) => keys.slice(at, at + PAGE));
      yield [...new Set(pages.flat())];
      if (pages.every((page) => page.length < PAGE)) return;
    }
  }
}
