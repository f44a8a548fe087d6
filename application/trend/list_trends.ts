import { DAY } from "@/domain/hours.ts";
import type { IsBlocked } from "@/domain/trend/block_list.ts";
import { rankTrends } from "@/domain/trend/rank_trends.ts";
import { mostSpelled, tidySpelling } from "@/domain/trend/spelling.ts";
import type { Subject } from "@/domain/trend/vote.ts";
import type { Window } from "@/domain/trend/window.ts";
import type { ReaderFloor, ShownBook, TrendBook, TrendReader } from "./ports.ts";
import { bucketsSince, reachedSince, type Since, tallySince } from "./since_removal.ts";
import type { BookTrend, QueryTrend } from "./messages.ts";

type ListTrends = {
  window: Window;
  /** The time at which votes are weighed. Later votes do not count. */
  at: number;
  limit: number;
  /** Distinct readers, from as many distinct clients, that a key needs to be listed. */
  leastReaders: number;
};
/** What a list of queries is asked for. `isBlocked`: queries that are in no list. */
type ListQueries = ListTrends & { isBlocked?: IsBlocked };
/** How many distinct readers a trend needs; a function where that may change. */
export type LeastReaders = number | (() => Promise<number>);
type View = { view: TrendReader; floor: ReaderFloor };

/** Candidates beyond the limit, as stored scores may differ from exact ones in their last bits. */
const SLACK = 20;
const PAGE = 100;
const MAX_SCANNED = 2_000;

/** The books that are most acted on in the window, best first. Acts before the last removal of a book's id are another book's. */
export async function listBookTrends(sources: View, query: ListTrends): Promise<BookTrend[]> {
  const titles = new Map<string, ShownBook>();
  const ranked = await topKeys("book", sources, query, async (keys) => {
    const { books } = await sources.view.shown(keys, []);
    for (const [id, book] of books) if (!book.removed) titles.set(id, book);
    return sinceOf(titles);
  });
  const listed = ranked.slice(0, query.limit);
  const tally = await tallySince(sources.view, listed.map(({ key }) => key), sinceOf(titles), query.at);
  return listed.map(({ key, score }, at) => {
    const { count = 0, readers = 0, searches = 0 } = tally.get(key) ?? {};
    return { rank: at + 1, book: publicBook(titles.get(key)!), score, count, readers, searches };
  });
}

/** The queries that are most searched in the window, as most readers spelled them, with the first books that they found. */
export async function listQueryTrends(sources: View, query: ListQueries): Promise<QueryTrend[]> {
  const { limit, isBlocked = () => false } = query;
  const ranked = await topKeys(
    "query",
    sources,
    query,
    (keys) => Promise.resolve(new Map(keys.map((key) => [key, 0]))),
  );
  const keys = ranked.map(({ key }) => key);
  const [spellings, { queries }] = await Promise.all([sources.view.spellings(keys), sources.view.shown([], keys)]);
  const listed = ranked.map(({ key, score }) => {
    const spelling = mostSpelled(spellings.get(key) ?? []) ?? tidySpelling(queries.get(key)?.query ?? key);
    return { key, score, spelling, found: queries.get(key)?.books ?? [] };
  }).filter(({ key, spelling }) => spelling !== "" && !isBlocked(key, spelling)).slice(0, limit);
  const [tally, { books }] = await Promise.all([
    sources.view.tally("query", listed.map(({ key }) => key), query.at - DAY, query.at),
    sources.view.shown(listed.flatMap(({ found }) => found), []),
  ]);
  return listed.map(({ key, score, spelling, found }, at) => {
    const known = found.flatMap((id) => books.get(id) ?? []).filter(({ removed }) => !removed);
    const { searches = 0, readers = 0 } = tally.get(key) ?? {};
    return { rank: at + 1, query: spelling, score, count: searches, readers, books: known.map(publicBook) };
  });
}

/**
 * The best keys of a subject that may be shown, and some beyond the limit: pages of candidates by stored score, ranked from their
 * buckets. `showable`: those of the keys that may be shown, each with the time from which its votes count.
 */
async function topKeys(
  subject: Subject,
  { view, floor }: View,
  { window, at, limit, leastReaders }: ListTrends,
  showable: (keys: string[]) => Promise<Since>,
): Promise<{ key: string; score: number }[]> {
  const kept: string[] = [];
  let since: Since = new Map();
  /** A stored score has votes in it that no longer count where an id was removed, so such a key takes nobody's place. */
  let whole = 0;
  const page = Math.max(PAGE, limit + SLACK);
  for (let skip = 0; whole < limit + SLACK && skip < MAX_SCANNED; skip += page) {
    const keys = await view.candidates(subject, window, skip, page);
    since = await showable(keys);
    const known = keys.filter((key) => since.has(key));
    const reached = leastReaders <= 1
      ? new Set(known)
      : await reachedSince(floor, { subject, known, since, leastReaders });
    for (const key of known) {
      if (!reached.has(key) || whole >= limit + SLACK) continue;
      kept.push(key);
      if (since.get(key) === 0) whole++;
    }
    if (keys.length < page) break;
  }
  const buckets = await bucketsSince(view, subject, kept, since);
  return rankTrends(kept.map((key) => ({ key, buckets: buckets.get(key) ?? [] })), window, at);
}

const sinceOf = (books: Map<string, ShownBook>): Since => new Map([...books].map(([id, { since = 0 }]) => [id, since]));
const publicBook = ({ id, title, authors }: TrendBook) => ({ id, title, authors });
