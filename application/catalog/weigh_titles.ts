import { isByTitleAndAuthor, rankBooks, type RankedBook, type Reading } from "@/domain/catalog/rank_books.ts";
import type { SearchDocument } from "@/domain/catalog/search_document.ts";
import type { SearchQuery } from "@/domain/catalog/search_query.ts";
import type { BookSearch } from "./ports.ts";
import { COMMON, weightOf } from "./search_terms.ts";

/** The first books of a list, whose order is refined. */
const MAX_WEIGHED = 10;

type Ranked = {
  query: SearchQuery;
  readings: Reading[];
  ranked: RankedBook[];
  documents: ReadonlyMap<string, SearchDocument>;
};

/**
 * Ranks the first books once more where several are by one author and have the typed words in their titles. People type the words
 * that say most, so that a book whose other words are common is likelier meant than one with a rarer word, which was not typed.
 */
export async function weighTitles(search: Pick<BookSearch, "counts">, found: Ranked): Promise<RankedBook[]> {
  const { query, readings, ranked, documents } = found;
  const first = ranked.slice(0, MAX_WEIGHED);
  const alike = first.filter(isByTitleAndAuthor);
  if (alike.length < 2) return ranked;
  const words = [...new Set(alike.flatMap(({ id }) => documents.get(id)!.words))];
  const counts = await search.counts(words.map((text) => ({ text, prefix: false })), COMMON);
  const weights = new Map(words.map((word, at) => [word, weightOf(counts[at]!)]));
  const chosen = alike.map(({ id }) => documents.get(id)!);
  const again = rankBooks(query, readings, chosen, weights);
  const places = first.flatMap((one, at) => isByTitleAndAuthor(one) ? [at] : []);
  const refined = [...ranked];
  for (const [at, place] of places.entries()) refined[place] = again[at]!;
  return refined;
}
