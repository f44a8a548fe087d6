import type { BookIndex } from "./book_index.ts";
import type { Candidates } from "./candidates.ts";
import type { Recent } from "./recent.ts";

/** The fewest books with a known year from which the newest years are derived. */
const LEAST_BOOKS = 60;
/** The share of recent choices that the books of the year `fresh` and later must have. */
const NEWEST_SHARE = 0.04;

/** Years of publication among recent choices. `fresh`: books of this year or later are new. `latest`: the latest year of all. */
export type NewestYears = { fresh: number; latest: number };
type Chosen = { books: readonly number[]; similarities: readonly number[] };

/**
 * Returns the newest years among what all readers chose lately, or undefined if too few of those books have a year. They are
 * derived from choices, because the clock does not tell what is new in an antiquarian shop or in an imported history.
 */
export function newestYears(chosen: Chosen, index: Pick<BookIndex, "packed">): NewestYears | undefined {
  const known = computed.get(chosen);
  if (known !== undefined && known.packed === index.packed) return known.newest;
  const newest = computeNewestYears(chosen, index);
  computed.set(chosen, { packed: index.packed, newest });
  return newest;
}

/** A cache by list: every reader's list needs the years, and the list of recent choices changes less often. */
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

/** How many years before `fresh` still count as recent. */
const RECENT_YEARS = 2;
/** The weight of the prior, a share of one half. It dominates while the reader has few books. */
const UNKNOWN = 4;

/** Returns the reader's preference for recent books, 0..2: 1 if half of their books are recent, or if no years are known. */
function fondnessOfNew(newest: NewestYears | undefined, recent: Recent[], index: BookIndex): number {
  if (newest === undefined) return 1;
  let [ofRecent, ofAll] = [UNKNOWN / 2, UNKNOWN];
  for (const { taste: { book }, weight } of recent) {
    const year = index.packed.years[index.find(book) ?? -1] ?? 0;
    if (year === 0) continue;
    ofAll += weight;
    if (year >= newest.fresh - RECENT_YEARS) ofRecent += weight;
  }
  return 2 * ofRecent / ofAll;
}

type Shop = { candidates: Candidates; index: BookIndex; recent: Recent[]; arrivals: readonly number[] };
/** `together`, `chosenLately`: points of the candidates, by place. */
type Known = { newest: NewestYears | undefined; together: Float64Array; chosenLately: Float64Array };

/**
 * Returns the points of the candidates, by place: one for a book of the year `fresh`, or of a later year if it is chosen lately, and
 * one for a new arrival that is a neighbour of the reader's books. Both are multiplied by the reader's preference for recent books.
 */
export function freshPoints(shop: Shop, { newest, together, chosenLately }: Known): Float64Array {
  const { candidates, index, recent, arrivals } = shop;
  const points = new Float64Array(candidates.size);
  const point = fondnessOfNew(newest, recent, index);
  if (newest !== undefined) {
    for (let place = 0; place < points.length; place++) {
      const year = index.packed.years[candidates.numberAt(place)]!;
      if (year === newest.fresh || (year > newest.fresh && chosenLately[place]! > 0)) points[place] = point;
    }
  }
  for (const book of arrivals) {
    const place = candidates.placeOf(book);
    if (together[place]! > 0) points[place]! += point;
  }
  return points;
}
