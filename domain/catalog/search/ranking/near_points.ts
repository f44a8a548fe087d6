import type { Place } from "@/domain/catalog/search/search_term.ts";

const NEAR = 8;
/** Two adjacent words in the other order, relative to the typed order. */
const REVERSED = 0.4;

/**
 * Points for the share of neighbours of the query that are neighbours in the book. `names`: which words are an author's name beside the
 * title. No word of the title could be nearer to it, so that a book about the author is not nearer either.
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
