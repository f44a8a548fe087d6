import { isLeftOut } from "./left_out.ts";
import { type Reading, scoreBook, type ScoreParts, totalOf } from "./score_book.ts";
import type { SearchDocument } from "@/domain/catalog/search/search_document.ts";
import type { SearchQuery } from "@/domain/catalog/search/query/search_query.ts";
import type { Weights } from "./title_points.ts";

/** A book with the score that its rank comes from; only the order of scores means something. */
export type RankedBook = { id: string; work: string; score: number; why: ScoreParts };

const NO_WEIGHTS: Weights = new Map();

/**
 * A book by the best of the readings that it matches, of equal ones the first; undefined where it matches none. `before`: by other
 * readings, which count as the first. `titleWeights`: of words of its title.
 */
export function rankBook(
  query: SearchQuery,
  readings: Reading[],
  document: SearchDocument,
  { before, titleWeights = NO_WEIGHTS }: { before?: RankedBook | undefined; titleWeights?: Weights } = {},
): RankedBook | undefined {
  if (isLeftOut(query, document)) return undefined;
  let best = before;
  for (const reading of readings) {
    const why = scoreBook(query, reading, document, titleWeights);
    if (why === undefined) continue;
    const score = totalOf(why);
    if (best === undefined || score > best.score) best = { id: document.id, work: document.work, score, why };
  }
  return best;
}

/** Best first; ties by id. */
export const inOrder = (ranked: Iterable<RankedBook>): RankedBook[] =>
  [...ranked].sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));

/** Books that match a reading of the query, best first. The same list for every store, as it is a pure function of documents. */
export const rankBooks = (
  query: SearchQuery,
  readings: Reading[],
  documents: SearchDocument[],
  titleWeights = NO_WEIGHTS,
): RankedBook[] =>
  inOrder(documents.flatMap((document) => rankBook(query, readings, document, { titleWeights }) ?? []));
