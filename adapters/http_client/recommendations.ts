import { recommendationSchema } from "@/application/recommendation/messages.ts";
import type { Recommendations } from "@/application/storefront/ports.ts";
import { type Fetch, getList } from "./get_list.ts";

/**
 * The recommendation service over HTTP, or in process when `fetch` is its app. `token`: what it gives the lists of readers for, of
 * scope `readers`.
 */
export function createHttpRecommendations(
  fetch: Fetch,
  baseUrl: string,
  { timeoutMs = 1_000, token }: { timeoutMs?: number; token?: string | undefined } = {},
): Recommendations {
  const caller = { fetch, timeoutMs, token };
  const list = async (path: string, limit: number) =>
    await getList(caller, `${baseUrl}/v1/${path}?limit=${limit}`, recommendationSchema) ?? [];
  return {
    forReader: (reader, limit) => list(`readers/${encodeURIComponent(reader)}/recommendations`, limit),
    similarTo: (book, limit) => list(`books/${encodeURIComponent(book)}/similar`, limit),
  };
}
