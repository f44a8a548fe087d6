import type { Place } from "@/domain/catalog/search/search_term.ts";

const NEAR = 8;
/** The share of points for two adjacent words in reverse order. */
const REVERSED = 0.4;

/**
 * Points for the share of adjacent words of the query that are adjacent in the book. `names`: which words are an author's name, not of
 * the title. Such a pair counts as adjacent, so that a book about the author, with both in its title, gains nothing.
 */
export function nearPoints(places: Place[], names: boolean[]): number {
  if (places.length < 2) return 0;
  let near = 0;
  for (let at = 1; at < places.length; at++) {
    const [a, b] = [places[at - 1]!, places[at]!];
    if (names[at - 1] !== names[at]) {
      near += 1;
      continue;
    }
    if (a.field === undefined || a.field !== b.field) continue;
    if (b.at === a.at + 1) near += 1;
    else if (b.at > a.at && b.at <= a.at + 3) near += 0.5;
    else if (b.at === a.at - 1) near += REVERSED;
  }
  return NEAR * (near / (places.length - 1));
}
