import { WINDOWS } from "@/domain/trend/window.ts";
import { eachPage } from "@/application/messaging/rebuild/each_page.ts";
import { listBookTrends, listQueryTrends } from "@/application/trend/lists/list_trends.ts";
import type { Vote } from "@/domain/trend/vote.ts";
import type {
  BookRemoval,
  KeyedBucket,
  SubjectKey,
  TrendBook,
  TrendQuery,
  TrendVersion,
} from "@/application/trend/ports.ts";
import type { RecommendationVersion } from "@/application/recommendation/ports.ts";

const ALL = Number.MAX_SAFE_INTEGER;

async function rows<Row>(read: (after: Row | undefined, limit: number) => Promise<Row[]>): Promise<Row[]> {
  const all: Row[] = [];
  await eachPage(read, (page) => Promise.resolve(void all.push(...page)));
  return all;
}

/** All whole numbers of a version of the trends, in one order. */
export async function trendDump({ history, shownHistory }: TrendVersion) {
  const keys = await rows<SubjectKey>((after, most) => history.keys(after, most));
  const votes: Vote[] = [];
  const buckets: KeyedBucket[] = [];
  for (const key of keys) {
    votes.push(...await rows<Vote>((after, most) => history.votes(key, ALL, after, most)));
    buckets.push(...await history.buckets(key, ALL));
  }
  const books = await rows<TrendBook>((after, most) => shownHistory.books(after, most));
  return {
    keys,
    votes,
    buckets,
    books,
    removals: await rows<BookRemoval>((after, most) => shownHistory.removals(after, most)),
    queries: await rows<TrendQuery>((after, most) => shownHistory.queries(ALL, after, most)),
  };
}

/** The lists that readers see of a version, in every window. */
export async function trendLists({ view, floor }: Pick<TrendVersion, "view" | "floor">, at: number) {
  const lists: unknown[] = [];
  for (const window of WINDOWS) {
    for (const leastReaders of [1, 3]) {
      const query = { window, at, limit: 50, leastReaders };
      lists.push(await listBookTrends({ view, floor }, query), await listQueryTrends({ view, floor }, query));
    }
  }
  return lists;
}

/** All rows of a version of the recommendations, in one order, and the neighbour lists of its books. */
export async function recommendationDump({ history, books: view }: RecommendationVersion) {
  type Rows<Name extends keyof typeof history> = Awaited<ReturnType<(typeof history)[Name]>>[0];
  const interactions = await rows<Rows<"interactions">>((after, most) => history.interactions(ALL, after, most));
  const books = await rows<Rows<"books">>((after, most) => history.books(after, most));
  const ids = [...new Set([...books.map(({ id }) => id), ...interactions.map(({ book }) => book)])].sort();
  const lists = (await view.neighbours(ids)).sort((a, b) => a.book < b.book ? -1 : 1);
  return {
    interactions,
    searches: await rows<Rows<"searches">>((after, most) => history.searches(ALL, after, most)),
    books,
    lists,
    popular: await view.popular(50),
  };
}
