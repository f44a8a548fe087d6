import type { Alike } from "./alike.ts";
import type { Candidates } from "./candidates.ts";
import type { BookIndex } from "./book_index.ts";
import type { ReaderSearch } from "./interaction.ts";
import { freshPoints, type NewestYears, newestYears } from "./newest_years.ts";
import type { Recent } from "./recent.ts";
import type { ListSettings } from "./settings.ts";

const SHARE = { together: 1, searched: 0.4, popular: 0.02 };
/** The maximum of neighbour points at which their share is halved: with few common readers recent choices weigh more. */
const DOUBT = 1;
/** The mean number of readers of the reader's books at which the shares of `alike`, `lately` and `fresh` are halved. */
const THIN = 5;
/** The factor for a book that is newer than all recent choices and that no reader chose: it may not be published yet. */
const NOT_OUT = 0.25;
/** The weight of a search relative to the next newer one. */
const SEARCH_DECAY = 0.9;

/** The points of the candidates from one source, by place, and the score of one point. */
type Part = { points: Float64Array; worth: number };
export type Parts = Record<keyof typeof SHARE | "alike" | "lately" | "fresh", Part>;

/** The neighbours of a book as index numbers, most similar first. `readers`: how many readers chose the book. */
export type IndexedNeighbours = {
  books: readonly number[];
  similarities: readonly number[];
  readers: number;
};

/** What the parts are computed from. Numbers are those of the index, which has all candidates. */
export type Sources = {
  index: BookIndex;
  /** The neighbours of the reader's recent books, by book id. Only the first `nearest` of each count. */
  neighbours: ReadonlyMap<string, IndexedNeighbours>;
  nearest: number;
  /** What all readers chose lately, highest score first. */
  lately: IndexedNeighbours;
  /** The new arrivals (see `newArrivals`). */
  arrivals: readonly number[];
  searches: ReaderSearch[];
  /** The most popular books, most popular first. */
  popular: readonly number[];
  settings: ListSettings;
};

type Blended = Sources & { recent: Recent[]; compared: Alike; candidates: Candidates };

/** Computes the parts of the scores. Each part but `fresh` is scaled to its own maximum. */
export function blend(input: Blended): Parts {
  const { alike, lately, fresh } = input.settings;
  const newest = newestYears(input.lately, input.index);
  const together = togetherPoints(input);
  const chosenLately = latelyPoints(input);
  const thin = thinness(input);
  return {
    together: part(together, SHARE.together, DOUBT),
    alike: part(alikePoints(input, together, newest), alike * thin),
    // A reader's own searches count more than what others chose.
    searched: part(searchPoints(input), SHARE.searched + lately * thin),
    lately: part(chosenLately, lately * thin),
    fresh: { points: freshPoints(input, { newest, together, chosenLately }), worth: fresh * thin },
    popular: part(popularPoints(input), SHARE.popular),
  };
}

/** Returns how sparse the data about the reader's books is, 0..1: 1 if no one else chose them, and for a reader without books. */
function thinness({ recent, neighbours }: Blended): number {
  let [readers, weights] = [0, 0];
  for (const { taste, weight } of recent) {
    readers += weight * (neighbours.get(taste.book)?.readers ?? 0);
    weights += weight;
  }
  return weights === 0 ? 1 : THIN / (THIN + readers / weights);
}

function part(points: Float64Array, share: number, doubt = 0): Part {
  let most = 0;
  for (let place = 0; place < points.length; place++) if (points[place]! > most) most = points[place]!;
  return { points, worth: most === 0 ? 0 : share / (most + doubt) };
}

/** Returns the score of a candidate, rounded to 1e-6. */
export function scoreAt(place: number, { together, alike, searched, lately, fresh, popular }: Parts): number {
  let score = together.worth * together.points[place]!;
  score += alike.worth * alike.points[place]!;
  score += searched.worth * searched.points[place]!;
  score += lately.worth * lately.points[place]!;
  score += fresh.worth * fresh.points[place]!;
  score += popular.worth * popular.points[place]!;
  return Math.round(score * 1e6) / 1e6;
}

export const NO_NEIGHBOURS: IndexedNeighbours = { books: [], similarities: [], readers: 0 };

function togetherPoints({ recent, neighbours, nearest, candidates }: Blended): Float64Array {
  const points = new Float64Array(candidates.size);
  for (const { taste, weight } of recent) {
    const { books, similarities } = neighbours.get(taste.book) ?? NO_NEIGHBOURS;
    const end = Math.min(nearest, books.length);
    for (let at = 0; at < end; at++) points[candidates.placeOf(books[at]!)]! += weight * similarities[at]!;
  }
  return points;
}

function alikePoints(
  { compared, candidates, index }: Blended,
  together: Float64Array,
  newest: NewestYears | undefined,
): Float64Array {
  const { years } = index.packed;
  const latest = newest?.latest ?? Infinity;
  const points = new Float64Array(candidates.size);
  for (let place = 0; place < points.length; place++) {
    const number = candidates.numberAt(place);
    const isOut = together[place]! > 0 || !(years[number]! > latest);
    points[place] = compared.points(number) * (isOut ? 1 : NOT_OUT);
  }
  return points;
}

function searchPoints({ searches, candidates, index }: Blended): Float64Array {
  const points = new Float64Array(candidates.size);
  searches.forEach(({ books }, at) =>
    books.forEach((book, position) => {
      const number = index.find(book);
      if (number !== undefined) points[candidates.placeOf(number)]! += searchPoint(at, position);
    })
  );
  return points;
}

/** Returns the points of a search result. `at`: how many searches came later. `position`: its rank, from 0. */
export const searchPoint = (at: number, position: number): number => SEARCH_DECAY ** at / (position + 1);

function latelyPoints({ lately, candidates }: Blended): Float64Array {
  const points = new Float64Array(candidates.size);
  lately.books.forEach((book, at) => points[candidates.placeOf(book)] = lately.similarities[at]!);
  return points;
}

function popularPoints({ popular, candidates }: Blended): Float64Array {
  const points = new Float64Array(candidates.size);
  popular.forEach((book, at) => points[candidates.placeOf(book)] = 1 / (at + 10));
  return points;
}
