import type { Alike } from "./alike.ts";
import type { Candidates } from "./candidates.ts";
import type { BookIndex } from "./book_index.ts";
import type { ReaderSearch } from "./interaction.ts";
import type { Recent } from "./recent.ts";
import type { ListSettings } from "./settings.ts";

export const SHARE = { together: 1, alike: 0.6, searched: 0.4, popular: 0.02 };
/** The points of neighbours that halve their share: with few common readers the books chosen lately weigh more. */
const DOUBT = 1;
/** The weight of a search relative to the next newer one. */
const SEARCH_DECAY = 0.9;

/** The points of each candidate from one source, by its place, and the value of a point. */
type Part = { points: Float64Array; worth: number };
export type Parts = Record<keyof typeof SHARE | "lately", Part>;

/** Neighbours of a book, nearest first, by their numbers in an index. */
export type IndexedNeighbours = { books: readonly number[]; similarities: readonly number[] };

/** The sources of the parts. Numbers are those of the index, which has all candidates. */
export type Sources = {
  index: BookIndex;
  /** The neighbours of the reader's recent books, by id. The `nearest` first ones count. */
  neighbours: ReadonlyMap<string, IndexedNeighbours>;
  nearest: number;
  /** What all readers chose lately, most of all first. */
  lately: IndexedNeighbours;
  searches: ReaderSearch[];
  /** The most popular books, best first. */
  popular: readonly number[];
  settings: ListSettings;
};

type Blended = Sources & { recent: Recent[]; compared: Alike; candidates: Candidates };

/** The parts of a list's scores. Each is scaled to its own maximum. */
export const blend = (input: Blended): Parts => ({
  together: part(togetherPoints(input), SHARE.together, DOUBT),
  alike: part(alikePoints(input), SHARE.alike),
  searched: part(searchPoints(input), SHARE.searched),
  lately: part(latelyPoints(input), input.settings.lately),
  popular: part(popularPoints(input), SHARE.popular),
});

function part(points: Float64Array, share: number, doubt = 0): Part {
  let most = 0;
  for (let place = 0; place < points.length; place++) if (points[place]! > most) most = points[place]!;
  return { points, worth: most === 0 ? 0 : share / (most + doubt) };
}

/** The score of a candidate in whole millionths. */
export function scoreAt(place: number, { together, alike, searched, lately, popular }: Parts): number {
  let score = together.worth * together.points[place]!;
  score += alike.worth * alike.points[place]!;
  score += searched.worth * searched.points[place]!;
  score += lately.worth * lately.points[place]!;
  score += popular.worth * popular.points[place]!;
  return Math.round(score * 1e6) / 1e6;
}

function togetherPoints({ recent, neighbours, nearest, candidates }: Blended): Float64Array {
  const points = new Float64Array(candidates.size);
  for (const { taste, weight } of recent) {
    const { books, similarities } = neighbours.get(taste.book) ?? { books: [], similarities: [] };
    const end = Math.min(nearest, books.length);
    for (let at = 0; at < end; at++) points[candidates.placeOf(books[at]!)]! += weight * similarities[at]!;
  }
  return points;
}

function alikePoints({ compared, candidates }: Blended): Float64Array {
  const points = new Float64Array(candidates.size);
  for (let place = 0; place < points.length; place++) {
    points[place] = compared.points(candidates.numberAt(place));
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

/** The points of a result: `at` counts the searches since, `position` the results before it. */
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
