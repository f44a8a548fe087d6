import type { Alike } from "./alike.ts";
import type { Candidates } from "./candidates.ts";
import type { BookIndex } from "./book_index.ts";
import type { ReaderSearch } from "./interaction.ts";
import { freshPoints, type NewestYears, newestYears } from "./newest_years.ts";
import type { Recent } from "./recent.ts";
import type { ListSettings } from "./settings.ts";

const SHARE = { together: 1, searched: 0.4, popular: 0.02 };
/** The points of neighbours that halve their share: with few common readers the books chosen lately weigh more. */
const DOUBT = 1;
/** So many readers of the reader's books halve the share of what is not due to them. */
const THIN = 5;
/** What is left of a likeness where the book is newer than all that is chosen and nobody chose it: it may not be out yet. */
const NOT_OUT = 0.25;
/** The weight of a search relative to the next newer one. */
const SEARCH_DECAY = 0.9;

/** The points of each candidate from one source, by its place, and the value of a point. */
type Part = { points: Float64Array; worth: number };
export type Parts = Record<keyof typeof SHARE | "alike" | "lately" | "fresh", Part>;

/** Neighbours of a book, nearest first, by their numbers in an index. `readers`: how many chose the book. */
export type IndexedNeighbours = {
  books: readonly number[];
  similarities: readonly number[];
  readers: number;
};

/** The sources of the parts. Numbers are those of the index, which has all candidates. */
export type Sources = {
  index: BookIndex;
  /** The neighbours of the reader's recent books, by id. The `nearest` first ones count. */
  neighbours: ReadonlyMap<string, IndexedNeighbours>;
  nearest: number;
  /** What all readers chose lately, most of all first. */
  lately: IndexedNeighbours;
  /** The books that readers have only begun to choose. */
  arrivals: readonly number[];
  searches: ReaderSearch[];
  /** The most popular books, best first. */
  popular: readonly number[];
  settings: ListSettings;
};

type Blended = Sources & { recent: Recent[]; compared: Alike; candidates: Candidates };

/** The parts of a list's scores. Each but new books is scaled to its own maximum. */
export function blend(input: Blended): Parts {
  const { alike, lately, fresh } = input.settings;
  const newest = newestYears(input.lately, input.index);
  const together = togetherPoints(input);
  const chosenLately = latelyPoints(input);
  const thin = thinness(input);
  return {
    together: part(together, SHARE.together, DOUBT),
    alike: part(alikePoints(input, together, newest), alike * thin),
    // What the reader searched for comes before what others chose.
    searched: part(searchPoints(input), SHARE.searched + lately * thin),
    lately: part(chosenLately, lately * thin),
    fresh: { points: freshPoints(input, { newest, together, chosenLately }), worth: fresh * thin },
    popular: part(popularPoints(input), SHARE.popular),
  };
}

/** How little is known by others' choices, 0..1: 1 for a reader whose books nobody chose, and for one without books. */
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

/** The score of a candidate in whole millionths. */
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
