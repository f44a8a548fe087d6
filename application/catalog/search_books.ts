import { rankBooks, type RankedBook } from "@/domain/catalog/rank_books.ts";
import { type Facet, titleKey } from "@/domain/catalog/found_by.ts";
import { queryTokens } from "@/domain/text.ts";
import type { BookSearch } from "./ports.ts";

/** Candidates that are ranked: the most popular ones, if there are more. */
const MAX_CANDIDATES = 500;

/** Books that match a query, best first; none for a query without a letter or digit. */
export async function searchBooks(search: BookSearch, query: string, facets: Facet[] = []): Promise<RankedBook[]> {
  const words = queryTokens(query);
  if (words.length === 0) return [];
  const books = await search.candidates({ words, titleKey: titleKey(query), facets, most: MAX_CANDIDATES });
  return rankBooks(query, books);
}
