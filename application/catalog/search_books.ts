import { rankBooks, type RankedBook } from "@/domain/catalog/rank_books.ts";
import { type Facet, titleKey } from "@/domain/catalog/found_by.ts";
import { queryTokens } from "@/domain/text.ts";
import type { BookSearch } from "./ports.ts";

/** Candidates that are ranked; of more than these, the most popular are. */
const MOST_CANDIDATES = 500;

/** Books that match a query, best first; none for a query without a letter or digit. */
export async function searchBooks(search: BookSearch, query: string, facets: Facet[] = []): Promise<RankedBook[]> {
  const words = queryTokens(query);
  if (words.length === 0) return [];
  const books = await search.candidates({ words, titleKey: titleKey(query), facets, most: MOST_CANDIDATES });
  return rankBooks(query, books);
}
