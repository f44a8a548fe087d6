import type { RankedBook } from "./rank_books.ts";
import { MAX_POPULARITY, PER_TEN_TIMES } from "./score_book.ts";

/** The difference between a raised book's score and the next one's. */
const MARGIN = 0.01;

/**
 * Reranks the books of a query of one word, which may be a prefix. A title that begins with it moves up past books at most a tenth as
 * popular, but not past an exact title, nor past a book that is ahead by MAX_POPULARITY or more.
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
