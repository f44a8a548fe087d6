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
  const service = { name: "recommendation", fetch, baseUrl, timeoutMs, token };
  const list = async (path: string, missing?: string) =>
    await getList(service, {
      path: `/v1/${path}`,
      item: recommendationSchema,
      ...(missing === undefined ? {} : { missing }),
    }) ?? [];
  return {
    forReader: (reader, limit) => list(`readers/${encodeURIComponent(reader)}/recommendations?limit=${limit}`),
    similarTo: (book, limit) => list(`books/${encodeURIComponent(book)}/similar?limit=${limit}`, "book-not-found"),
  };
}
