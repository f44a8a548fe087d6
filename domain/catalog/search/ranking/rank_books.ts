import { isLeftOut } from "./left_out.ts";
import { type Reading, scoreBook, type ScoreParts, totalOf } from "./score_book.ts";
import type { SearchDocument } from "@/domain/catalog/search/search_document.ts";
import type { SearchQuery } from "@/domain/catalog/search/query/search_query.ts";
import type { Weights } from "./title_points.ts";

/** A book with its score. Only the order of scores has a meaning. */
export type RankedBook = { id: string; work: string; score: number; why: ScoreParts };

const NO_WEIGHTS: Weights = new Map();

/**
 * Scores a book by the reading that gives the most points; ties go to the first. Undefined when it matches none. `before`: its score
 * by earlier readings. `titleWeights`: the weights of words of titles.
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

/** The books that match a reading of the query, best first. A pure function of the documents, so that all stores give the same list. */
export const rankBooks = (
  query: SearchQuery,
  readings: Reading[],
  documents: SearchDocument[],
  titleWeights = NO_WEIGHTS,
): RankedBook[] =>
  inOrder(documents.flatMap((document) => rankBook(query, readings, document, { titleWeights }) ?? []));
