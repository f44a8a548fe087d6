import { isFunctionWord } from "@/domain/catalog/search/query/function_words.ts";
import { rankBooks, type RankedBook } from "@/domain/catalog/search/ranking/rank_books.ts";
import type { Reading } from "@/domain/catalog/search/ranking/score_book.ts";
import type { SearchDocument } from "@/domain/catalog/search/search_document.ts";
import type { SearchQuery } from "@/domain/catalog/search/query/search_query.ts";
import type { BookSearch } from "@/application/catalog/ports.ts";
import { COMMON, weightOf } from "./search_terms.ts";

/** The number of top results to rank again. */
const MAX_WEIGHED = 10;

type Ranked = {
  query: SearchQuery;
  readings: Reading[];
  ranked: RankedBook[];
  documents: ReadonlyMap<string, SearchDocument>;
};

/** Whether the query has selected words of the title, not the title from its beginning. */
const hasChosenWords = ({ why }: RankedBook): boolean => why.exact === 0 && why.start === 0;

/**
 * Ranks the top results again by the rarity of the words in their titles. Readers who select words of a title select rare ones, so a
 * title whose missing words are common is a better match than one that lacks a rare word.
 */
export async function weighTitles(search: Pick<BookSearch, "counts">, found: Ranked): Promise<RankedBook[]> {
  const { query, readings, ranked, documents } = found;
  const first = ranked.slice(0, MAX_WEIGHED);
  const chosen = first.filter(hasChosenWords).map(({ id }) => documents.get(id)!);
  if (query.words.length < 2 || chosen.length < 2) return ranked;
  const weights = await weightsOf(search, new Set(chosen.flatMap(({ words }) => words)));
  const again = rankBooks(query, readings, chosen, weights).values();
  return [...first.map((one) => hasChosenWords(one) ? again.next().value! : one), ...ranked.slice(MAX_WEIGHED)];
}

/** The weights of words by rarity. Function words are not counted but have the weight of a common word. */
async function weightsOf(search: Pick<BookSearch, "counts">, words: Set<string>): Promise<Map<string, number>> {
  const telling = [...words].filter((word) => !isFunctionWord(word));
  const counts = await search.counts(telling.map((text) => ({ text, prefix: false })), COMMON);
  const weights = new Map([...words].map((word) => [word, weightOf(COMMON)]));
  for (const [at, word] of telling.entries()) weights.set(word, weightOf(counts[at]!));
  return weights;
}
