import { DAY, MINUTE } from "@/domain/hours.ts";
import { courseOf, trendingSince } from "@/domain/trend/course.ts";
import { halfLifeOf } from "@/domain/trend/half_life.ts";
import { type Order, RANK } from "@/domain/trend/rank_trends.ts";
import type { IsBlocked } from "@/domain/trend/block_list.ts";
import { mostSpelled, tidySpelling } from "@/domain/trend/spelling.ts";
import { normalForm } from "@/domain/text.ts";
import { type Criteria, type Place, placesOf, type View } from "./candidates.ts";
import type { ShownBook, Tally, TrendBook } from "@/application/trend/ports.ts";
import { type Since, tallySince } from "./since_removal.ts";
import type { BookTrend, QueryTrend } from "@/application/trend/messages.ts";

export type ListTrends = {
  /** The name of a half-life (see `halfLifeOf`). */
  window: string;
  order?: Order;
  /** The time at which votes are weighed. Votes of later buckets do not count. */
  at: number;
  /** The time by the clock, where it is another. */
  now?: number;
  limit: number;
  /** Places that are passed over. */
  skip?: number;
  /** Distinct readers, from as many distinct clients, that a key needs to be listed. */
  leastReaders: number;
};
/** `subject`: only books that have it, by its normal form. */
type ListBooks = ListTrends & { subject?: string };
/** What a list of queries is asked for. `isBlocked`: queries that are in no list. */
type ListQueries = ListTrends & { isBlocked?: IsBlocked };
/** How many distinct readers a trend needs; a function where that may change. */
export type LeastReaders = number | (() => Promise<number>);

/** The books that are most acted on in the window, best first. Acts before the last removal of a book's id are another book's. */
export async function listBookTrends(sources: View, query: ListBooks): Promise<BookTrend[]> {
  const criteria = criteriaOf(query);
  const subject = query.subject === undefined ? undefined : normalForm(query.subject);
  const titles = new Map<string, ShownBook>();
  const places = await placesOf("book", sources, criteria, async (keys) => {
    const { books } = await sources.view.shown(keys, []);
    for (const [id, book] of books) if (isListed(book, subject)) titles.set(id, book);
    return { since: sinceOf(titles), workOf: (id) => titles.get(id)?.work };
  });
  const listed = rank(places, criteria).slice(...spanOf(query)).map((one) => withCourse(one, criteria));
  const editions = new Map(listed.map(({ place }) => [place.key, place.editions]));
  const tally = await tallySince(sources.view, editions, sinceOf(titles), query.at);
  return listed.map(({ place, ...fields }) => ({
    ...fields,
    book: publicBook(titles.get(place.key)!),
    ...tally.get(place.key)!,
  }));
}

/** The queries that are most searched in the window, as most readers spelled them, with the first books that they found. */
export async function listQueryTrends(sources: View, query: ListQueries): Promise<QueryTrend[]> {
  const { isBlocked = () => false } = query;
  const { view } = sources;
  const criteria = criteriaOf(query);
  const places = await placesOf(
    "query",
    sources,
    criteria,
    (keys) => Promise.resolve({ since: new Map(keys.map((key) => [key, 0])), workOf: () => undefined }),
  );
  const shown = await unblocked(view, rank(places, criteria), { ...query, isBlocked });
  const listed = shown.slice(query.skip).map((one) => withCourse(one, criteria));
  const { books } = await view.shown(listed.flatMap(({ found }) => found), []);
  return listed.map(({ place: _place, spelling, found, tally, ...fields }) => {
    const known = found.flatMap((id) => books.get(id) ?? []).filter(({ removed }) => !removed);
    const { searches = 0, readers = 0 } = tally ?? {};
    return { ...fields, query: spelling, count: searches, readers, books: known.map(publicBook) };
  });
}

/** A list of now may be asked for again by its cursor a while later. */
const NOW_MS = 10 * MINUTE;
/** Whether a moment is so long ago that what is stored for the lists of now does not serve it. */
export const isPast = (at: number, now: number): boolean => at < now - NOW_MS;

export function criteriaOf({ window, order = "top", at, now = at, leastReaders }: ListTrends): Criteria {
  const halfLifeMs = halfLifeOf(window);
  if (halfLifeMs === undefined) throw new Error(`no window: wanted a half-life such as 24h or 7d, found ${window}`);
  return { halfLifeMs, order, at, isPast: isPast(at, now), leastReaders };
}

export const spanOf = ({ skip = 0, limit }: ListTrends): [number, number] => [skip, skip + limit];

type RankedPlace = Pick<BookTrend, "rank" | "change" | "score"> & { place: Place };

/** Places in their order, with what the list of one half-life before says of them. */
export function rank(places: Place[], { order, halfLifeMs, at }: Criteria): RankedPlace[] {
  const own = new Map(places.map((place) => [place.key, place]));
  const before = new Map(RANK[order](places, halfLifeMs, at - halfLifeMs).map(({ key }, index) => [key, index + 1]));
  return RANK[order](places, halfLifeMs, at).map(({ key, score }, index) => {
    const change = before.has(key) ? before.get(key)! - (index + 1) : null;
    return { rank: index + 1, change, score, place: own.get(key)! };
  });
}

/** A place with its course: since when it trends, and what it came to step by step. */
export function withCourse<Ranked extends RankedPlace>(ranked: Ranked, { halfLifeMs, at }: Criteria) {
  const { buckets } = ranked.place;
  const since = trendingSince(buckets, halfLifeMs, at);
  return {
    ...ranked,
    since: since === undefined ? null : new Date(since).toISOString(),
    history: courseOf(buckets, halfLifeMs, at),
  };
}

/** The least number of queries whose spelling is read in one call. */
const SPELLED_AT_ONCE = 10;

/** The first queries that may be shown, ranked among themselves, as most readers spelled them. Those that are listed have their tally. */
async function unblocked(
  view: View["view"],
  ranked: RankedPlace[],
  { isBlocked, at, skip = 0, limit }: ListQueries & { isBlocked: IsBlocked },
) {
  const most = skip + limit;
  const shown: (RankedPlace & { spelling: string; found: string[]; tally: Tally | undefined })[] = [];
  for (let next = 0; next < ranked.length && shown.length < most;) {
    const some = ranked.slice(next, next + Math.max(SPELLED_AT_ONCE, most - shown.length));
    const keys = some.map(({ place }) => place.key);
    const [spellings, { queries }, tallies] = await Promise.all([
      view.spellings(keys),
      view.shown([], keys),
      // Ranks only fall where queries are left out, so that those before `skip` are in no list.
      view.tally("query", keys.slice(Math.max(0, skip - next)), at - DAY, at),
    ]);
    next += some.length;
    for (const one of some) {
      const { key } = one.place;
      const spelling = mostSpelled(spellings.get(key) ?? []) ?? tidySpelling(queries.get(key)?.query ?? key);
      if (spelling === "" || isBlocked(key, spelling) || shown.length >= most) continue;
      const found = queries.get(key)?.books ?? [];
      shown.push({ ...one, rank: shown.length + 1, spelling, found, tally: tallies.get(key) });
    }
  }
  return shown;
}

const isListed = ({ removed, subjects = [] }: ShownBook, subject: string | undefined): boolean =>
  !removed && (subject === undefined || subjects.some((one) => normalForm(one) === subject));
export const sinceOf = (books: Map<string, ShownBook>): Since =>
  new Map([...books].map(([id, { since = 0 }]) => [id, since]));
export const publicBook = ({ id, title, authors }: TrendBook) => ({ id, title, authors });
