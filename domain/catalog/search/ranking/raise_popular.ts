import type { RankedBook } from "./rank_books.ts";
import { MAX_POPULARITY, PER_TEN_TIMES } from "./score_book.ts";

/** How far a raised book's score is above the next one's. */
const MARGIN = 0.01;

/**
 * Ranked books for a lone word that may be unfinished. A title that begins with it comes before others that are a tenth as popular at
 * most: likelier it is meant. One further ahead than popularity's bound is not passed, and no whole title.
 */
export function raisePopular(ranked: RankedBook[]): RankedBook[] {
  const raised = [...ranked];
  for (const [at, book] of ranked.entries()) {
    if (book.why.start === 0) continue;
    let to = at;
    while (to > 0 && mayPass(book, raised[to - 1]!)) to--;
    if (to < at) raised.splice(to, 0, ...raised.splice(at, 1));
  }
  for (let at = raised.length - 2; at >= 0; at--) raised[at] = scoreAbove(raised[at]!, raised[at + 1]!);
  return raised;
}

const mayPass = (book: RankedBook, other: RankedBook): boolean =>
  other.why.exact === 0 && boostOf(book) - boostOf(other) >= PER_TEN_TIMES &&
  other.score - book.score < MAX_POPULARITY;

const boostOf = ({ why }: RankedBook): number => why.popularity + why.acts;

function scoreAbove(book: RankedBook, next: RankedBook): RankedBook {
  if (book.score >= next.score) return book;
  const score = next.score + MARGIN;
  return { ...book, score, why: { ...book.why, popularity: book.why.popularity + score - book.score } };
}
