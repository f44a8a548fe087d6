import type { Recommendations, Trends } from "@/application/storefront/ports.ts";
import type { RecommendationItem } from "@/application/recommendation/messages.ts";
import type { BookTrend, QueryTrend } from "@/application/trend/messages.ts";

/** The trend service as the storefront sees it, with given lists. A request for a missing list rejects. */
export const createMemoryTrends = (lists: { books?: BookTrend[]; queries?: QueryTrend[] }): Trends => ({
  books: (_window, limit) => given(lists.books, limit),
  queries: (_window, limit) => given(lists.queries, limit),
});

/** The recommendation service as the storefront sees it: lists by reader and by book, and one for everybody else. */
export const createMemoryRecommendations = (
  lists: {
    readers: Map<string, RecommendationItem[]>;
    newcomers?: RecommendationItem[];
    books: Map<string, RecommendationItem[]>;
  },
): Recommendations => ({
  forReader: (reader, limit) => given(lists.readers.get(reader) ?? lists.newcomers, limit),
  similarTo: (book, limit) => given(lists.books.get(book) ?? [], limit),
});

const given = <Item>(items: Item[] | undefined, limit: number): Promise<Item[]> =>
  items === undefined ? Promise.reject(new Error("no answer")) : Promise.resolve(items.slice(0, limit));
