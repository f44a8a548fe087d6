import { DAY } from "@/domain/hours.ts";
import { rankTrends } from "@/domain/trend/rank_trends.ts";
import type { Subject } from "@/domain/trend/vote.ts";
import type { Window } from "@/domain/trend/window.ts";
import type { ReaderFloor, TrendBook, TrendReader } from "./ports.ts";
import type { BookTrend, QueryTrend } from "./messages.ts";

export type ListTrends = {
  window: Window;
  /** The time at which votes are weighed. Later votes do not count. */
  at: number;
  limit: number;
  /** Distinct readers that a key needs to be listed. */
  leastReaders: number;
};
type View = { view: TrendReader; floor: ReaderFloor };

/** Candidates beyond the limit, as stored scores may differ from exact ones in their last bits. */
const SLACK = 20;
const PAGE = 100;
const MAX_SCANNED = 2_000;

/** The books that are most acted on in the window, best first. */
export async function listBookTrends(sources: View, query: ListTrends): Promise<BookTrend[]> {
  const titles = new Map<string, TrendBook>();
  const listed = await topKeys("book", sources, query, async (keys) => {
    const { books } = await sources.view.shown(keys, []);
    for (const [id, book] of books) if (!book.removed) titles.set(id, book);
    return new Set(titles.keys());
  });
  const tally = await sources.view.tally("book", listed.map(({ key }) => key), query.at - DAY, query.at);
  return listed.map(({ key, score }, at) => {
    const { count = 0, readers = 0, searches = 0 } = tally.get(key) ?? {};
    return { rank: at + 1, book: publicBook(titles.get(key)!), score, count, readers, searches };
  });
}

/** The queries that are most searched in the window, with the first books that they found. */
export async function listQueryTrends(sources: View, query: ListTrends): Promise<QueryTrend[]> {
  const listed = await topKeys("query", sources, query, (keys) => Promise.resolve(new Set(keys)));
  const keys = listed.map(({ key }) => key);
  const [tally, { queries }] = await Promise.all([
    sources.view.tally("query", keys, query.at - DAY, query.at),
    sources.view.shown([], keys),
  ]);
  const { books } = await sources.view.shown([...queries.values()].flatMap((shown) => shown.books), []);
  return listed.map(({ key, score }, at) => {
    const shown = queries.get(key);
    const found = (shown?.books ?? []).flatMap((id) => {
      const book = books.get(id);
      return book === undefined || book.removed ? [] : [publicBook(book)];
    });
    const { searches = 0, readers = 0 } = tally.get(key) ?? {};
    return { rank: at + 1, query: shown?.query ?? key, score, count: searches, readers, books: found };
  });
}

/** The best keys of a subject that may be shown: pages of candidates by stored score, ranked from their buckets. */
async function topKeys(
  subject: Subject,
  { view, floor }: View,
  { window, at, limit, leastReaders }: ListTrends,
  showable: (keys: string[]) => Promise<Set<string>>,
): Promise<{ key: string; score: number }[]> {
  const kept: string[] = [];
  const page = Math.max(PAGE, limit + SLACK);
  for (let skip = 0; kept.length < limit + SLACK && skip < MAX_SCANNED; skip += page) {
    const keys = await view.candidates(subject, window, skip, page);
    const shown = await showable(keys);
    const known = keys.filter((key) => shown.has(key));
    const reached = leastReaders <= 1 ? new Set(known) : await floor.reached(subject, known, leastReaders);
    kept.push(...known.filter((key) => reached.has(key)));
    if (keys.length < page) break;
  }
  const wanted = kept.slice(0, limit + SLACK);
  const buckets = await view.buckets(subject, wanted);
  const candidates = wanted.map((key) => ({ key, buckets: buckets.get(key) ?? [] }));
  return rankTrends(candidates, window, at).slice(0, limit);
}

const publicBook = ({ id, title, authors }: TrendBook) => ({ id, title, authors });
