import { isLeftOut } from "./left_out.ts";
import { type Reading, scoreBook, type ScoreParts, totalOf } from "./score_book.ts";
import type { SearchDocument } from "./search_document.ts";
import type { SearchQuery } from "./search_query.ts";
import type { Weights } from "./title_points.ts";

/** A book with the score that its rank comes from; only the order of scores means something. */
export type RankedBook = { id: string; work: string; score: number; why: ScoreParts };

const NO_WEIGHTS: Weights = new Map();

/**
 * Books that match a reading of the query, best first; ties by id. The same list for every store, as it is a pure function of
 * documents. `titleWeights`: of words of their titles.
 */
export function rankBooks(
  query: SearchQuery,
  readings: Reading[],
  documents: SearchDocument[],
  titleWeights = NO_WEIGHTS,
): RankedBook[] {
  const ranked: RankedBook[] = [];
  for (const document of documents) {
    if (isLeftOut(query, document)) continue;
    let best: RankedBook | undefined;
    for (const reading of readings) {
      const why = scoreBook(query, reading, document, titleWeights);
      if (why === undefined) continue;
      const total = totalOf(why);
      if (best === undefined || total > best.score) best = { id: document.id, work: document.work, score: total, why };
    }
    if (best !== undefined) ranked.push(best);
  }
  return ranked.sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
}
