import { alikePoints } from "./alike.ts";
import { chooseBest } from "./choose.ts";
import type { ReaderSearch, Taste } from "./interaction.ts";
import { type BookFacts, boost, likeness } from "./likeness.ts";
import type { Neighbour } from "./neighbours.ts";
import { becauseYou, becauseYouSearched, POPULAR, type Reason } from "./reasons.ts";
import { comparedOf, type Recent, recentOf } from "./recent.ts";
import type { ListSettings } from "./settings.ts";

export type Recommendation = { book: BookFacts; score: number; reason: Reason };

/** What a reader's list is made of. */
type RecommendInput = {
  tastes: Taste[];
  /** The works of the reader's books, whose other editions are not listed. */
  knownWorks: ReadonlySet<string>;
  neighbours: Map<string, Neighbour[]>;
  /** What all readers chose lately, most of all first. */
  lately: Neighbour[];
  searches: ReaderSearch[];
  popular: { book: string; readers: number }[];
  /** Of every book that may be listed or named in a reason. */
  facts: Map<string, BookFacts>;
  limit: number;
  settings: ListSettings;
};

export const SHARE = { together: 1, alike: 0.6, searched: 0.4, popular: 0.02 };
/** Points of neighbours that halve their share: where few read along, more of a list is what is chosen lately. */
const DOUBT = 1;
/** What is left of a search's weight from one to the one before it. */
const SEARCH_DECAY = 0.9;

/** Points of books by one kind of candidate, and what a point is worth in a list. */
type Part = { points: Map<string, number>; worth: number };

/**
 * A reader's list: neighbours of their newest books, weighted by recency and by how much the act says; books that are alike by
 * author, series or subject; first results of their searches; what is chosen lately; popular ones. Each part is scaled to its own
 * maximum. Without works that the reader knows or dismissed. The act, or the search, that gave the largest part of a book's score is its reason.
 */
export function recommend(input: RecommendInput): Recommendation[] {
  const { tastes, facts, searches } = input;
  const recent = recentOf(tastes, input.settings);
  const parts = {
    together: part(togetherPoints(recent, input.neighbours), SHARE.together, DOUBT),
    alike: part(alikePoints(comparedOf(recent), facts), SHARE.alike),
    searched: part(searchPoints(searches), SHARE.searched),
    lately: part(new Map(input.lately.map(({ book, similarity }) => [book, similarity])), input.settings.lately),
    popular: part(popularPoints(input.popular), SHARE.popular),
  };
  const known = new Set(tastes.map((taste) => taste.book));
  const scores = new Map<string, number>();
  for (const { points, worth } of Object.values(parts)) {
    for (const [book, its] of points) scores.set(book, (scores.get(book) ?? 0) + worth * its);
  }
  const items: { book: BookFacts; score: number }[] = [];
  for (const [id, score] of scores) {
    const book = known.has(id) ? undefined : facts.get(id);
    if (book !== undefined) items.push({ book, score: rounded(score) });
  }
  return chooseBest(items, { limit: input.limit, without: input.knownWorks })
    .map(({ book, score }) => ({ book, score, reason: reasonOf(book, { recent, parts, ...input }) }));
}

function part(points: Map<string, number>, share: number, doubt = 0): Part {
  let most = 0;
  for (const its of points.values()) if (its > most) most = its;
  return { points, worth: most === 0 ? 0 : share / (most + doubt) };
}

const rounded = (score: number): number => Math.round(score * 1e6) / 1e6;

function togetherPoints(recent: Recent[], neighbours: RecommendInput["neighbours"]): Map<string, number> {
  const points = new Map<string, number>();
  for (const { taste, weight } of recent) {
    for (const { book, similarity } of neighbours.get(taste.book) ?? []) {
      points.set(book, (points.get(book) ?? 0) + weight * similarity);
    }
  }
  return points;
}

function searchPoints(searches: ReaderSearch[]): Map<string, number> {
  const points = new Map<string, number>();
  searches.forEach(({ books }, at) =>
    books.forEach((book, position) => points.set(book, (points.get(book) ?? 0) + searchPoint(at, position)))
  );
  return points;
}
const searchPoint = (at: number, position: number): number => SEARCH_DECAY ** at / (position + 1);

const popularPoints = (popular: RecommendInput["popular"]): Map<string, number> =>
  new Map(popular.map(({ book }, at) => [book, 1 / (at + 10)]));

type Parts = Record<keyof typeof SHARE | "lately", Part>;

/** What gave the largest part of a book's score: an act by all that it gave, a search, or that the book is popular. */
function reasonOf(
  book: BookFacts,
  { recent, parts, neighbours, searches, facts }: RecommendInput & { recent: Recent[]; parts: Parts },
): Reason {
  const compared = comparedOf(recent).length;
  const points = ({ worth, points }: Part) => worth * (points.get(book.id) ?? 0);
  let most = points(parts.popular) + points(parts.lately);
  let reason: () => Reason = () => POPULAR;
  const offer = (points: number, because: () => Reason) => {
    if (points > most) [most, reason] = [points, because];
  };
  recent.forEach(({ taste, weight }, at) => {
    const near = neighbours.get(taste.book)?.find((neighbour) => neighbour.book === book.id)?.similarity ?? 0;
    const own = at < compared ? facts.get(taste.book) : undefined;
    const alike = own === undefined ? 0 : (likeness(own, book)?.degree ?? 0) * boost(book);
    offer(weight * (parts.together.worth * near + parts.alike.worth * alike), () => becauseYou(taste, facts));
  });
  searches.forEach((search, at) => {
    const position = search.books.indexOf(book.id);
    if (position < 0) return;
    offer(parts.searched.worth * searchPoint(at, position), () => becauseYouSearched(search));
  });
  return reason();
}
