import type { Alike } from "./alike.ts";
import type { Candidates } from "./candidates.ts";
import type { BookIndex } from "./book_index.ts";
import type { ReaderSearch } from "./interaction.ts";
import type { Recent } from "./recent.ts";
import type { ListSettings } from "./settings.ts";

export const SHARE = { together: 1, alike: 0.6, searched: 0.4, popular: 0.02 };
/** Points of neighbours that halve their share: where few read along, more of a list is what is chosen lately. */
const DOUBT = 1;
/** What is left of a search's weight from one to the one before it. */
const SEARCH_DECAY = 0.9;

/** Points of each candidate by one kind, by its place, and what a point is worth in a list. */
type Part = { points: Float64Array; worth: number };
export type Parts = Record<keyof typeof SHARE | "lately", Part>;

/** Neighbours of a book, nearest first, by their numbers in an index. */
export type IndexedNeighbours = { books: readonly number[]; similarities: readonly number[] };

/** What the parts are made of. Numbers are those of the index, which has all books that may be listed. */
export type Sources = {
  index: BookIndex;
  /** Of the reader's recent books, by id; so many of the nearest count. */
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

/** The parts that a list is blended of. Each is scaled to its own maximum. */
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

/** Points of a result of the search that was so many searches ago. */
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
