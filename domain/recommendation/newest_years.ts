import type { BookIndex } from "./book_index.ts";
import type { Candidates } from "./candidates.ts";
import type { Recent } from "./recent.ts";

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

/** So many years before the new books are recent, too. */
const RECENT_YEARS = 2;
/** The weight, beside the reader's books, of one that is half recent: a few books say little. */
const UNKNOWN = 4;

/** How much the reader chooses recent books, 0..2: 1 where half of theirs are, and where no years are known. */
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
/** `together`, `chosenLately`: points by the places of candidates. */
type Known = { newest: NewestYears | undefined; together: Float64Array; chosenLately: Float64Array };

/**
 * By the places of candidates: a point for each new book, of the year of the new ones, or later if it is chosen lately, and a point
 * for a new arrival that readers of the reader's books chose. More for a reader of recent books, less for one of old books.
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
