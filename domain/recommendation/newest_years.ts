import type { BookIndex } from "./book_index.ts";
import type { Candidates } from "./candidates.ts";

/** Fewer books say nothing of years. */
const LEAST_BOOKS = 60;
/** So much of what is chosen lately makes a year, with those after it, one in which new books came out. */
const NEWEST_SHARE = 0.04;

/** `fresh`: the year of the new books among those chosen lately; `latest`: the year of the newest of them. */
export type NewestYears = { fresh: number; latest: number };
type Chosen = { books: readonly number[]; similarities: readonly number[] };

/**
 * The newest years of publication among what all readers chose lately, undefined where too few of those books have a year. Told by
 * the choices, as a clock says nothing of what is new in a shop of old books, or of a history that is learned afterwards.
 */
export function newestYears(chosen: Chosen, index: Pick<BookIndex, "packed">): NewestYears | undefined {
  const known = computed.get(chosen);
  if (known !== undefined && known.packed === index.packed) return known.newest;
  const newest = computeNewestYears(chosen, index);
  computed.set(chosen, { packed: index.packed, newest });
  return newest;
}

/** Every reader's list needs them, and what is chosen lately changes less often. */
const computed = new WeakMap<Chosen, { packed: BookIndex["packed"]; newest: NewestYears | undefined }>();

function computeNewestYears(
  { books, similarities }: Chosen,
  { packed: { years } }: Pick<BookIndex, "packed">,
): NewestYears | undefined {
  const dated = books.flatMap((book, at) => {
    const year = years[book] ?? 0;
    return year === 0 ? [] : [{ year, weight: similarities[at]! }];
  });
  if (dated.length < LEAST_BOOKS) return undefined;
  dated.sort((a, b) => b.year - a.year);
  let left = NEWEST_SHARE * dated.reduce((sum, { weight }) => sum + weight, 0);
  const fresh = dated.find(({ weight }) => (left -= weight) <= 0)!.year;
  return { fresh, latest: dated[0]!.year };
}

/** By the places of candidates: a point for each new book, of the year of the new ones, or later if it is chosen lately. */
export function freshPoints(
  newest: NewestYears | undefined,
  chosenLately: Float64Array,
  { candidates, index }: { candidates: Candidates; index: BookIndex },
): Float64Array {
  const points = new Float64Array(candidates.size);
  if (newest === undefined) return points;
  for (let place = 0; place < points.length; place++) {
    const year = index.packed.years[candidates.numberAt(place)]!;
    if (year === newest.fresh || (year > newest.fresh && chosenLately[place]! > 0)) points[place] = 1;
  }
  return points;
}
