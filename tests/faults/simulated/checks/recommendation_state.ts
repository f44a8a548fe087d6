import { SHOP_LISTS } from "@/domain/recommendation/arrivals.ts";
import type { RecommendationVersion } from "@/application/recommendation/ports.ts";
import type { RecommendationState } from "@/tests/oracle/evidence.ts";
import { shownText } from "@/tests/oracle/model/books.ts";
import { BOOKS } from "@/tests/faults/simulated/actors/workload.ts";

const MOST = 10_000;
/** Books with lists, and the lists of the whole shop. */
const LISTED = [...BOOKS, ...SHOP_LISTS];

/** What the version that readers see has stored. */
export async function recommendationStateOf({ history, books }: RecommendationVersion): Promise<RecommendationState> {
  const known = await history.books(undefined, MOST);
  return {
    interactions: await history.interactions(Infinity, undefined, MOST),
    known: new Map(known.map((book) => [book.id, shownText(book)])),
    lists: await books.neighbours([...new Set([...LISTED, ...known.map(({ id }) => id)])]),
  };
}

/** Everything that a version has stored, in the order of its keys. */
export async function dumpRecommendations(version: RecommendationVersion) {
  const { history, books } = version;
  const lists = await books.neighbours(LISTED);
  return {
    interactions: await history.interactions(Infinity, undefined, MOST),
    searches: await history.searches(Infinity, undefined, MOST),
    books: await history.books(undefined, MOST),
    lists: lists.filter(({ readers }) => readers > 0).sort((a, b) => LISTED.indexOf(a.book) - LISTED.indexOf(b.book)),
  };
}
