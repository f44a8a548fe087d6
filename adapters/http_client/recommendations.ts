import { keptOfReaderSchema as shape, recommendationSchema as item } from "@/application/recommendation/messages.ts";
import type { ReaderRecords, Recommendations } from "@/application/storefront/ports.ts";
import { type Fetch, getAnswer, getList, otherService, type Patience } from "./get_list.ts";

/**
 * The recommendation service over HTTP, or in process when `fetch` is its app. `token`: of scope `readers`, which
 * opens the lists of readers.
 */
export function createHttpRecommendations(
  fetch: Fetch,
  baseUrl: string,
  { token, ...patience }: { token?: (() => string) | undefined } & Patience = {},
): Recommendations & ReaderRecords {
  const service = otherService({ name: "recommendation", fetch, baseUrl, token, ...patience });
  const path = (what: string, id: string, list: string, limit: number) =>
    `/v1/${what}/${encodeURIComponent(id)}/${list}?limit=${limit}`;
  return {
    forReader: (reader, limit) => getList(service, { path: path("readers", reader, "recommendations", limit), item }),
    similarTo: (book, limit) =>
      getList(service, { path: path("books", book, "similar", limit), item, missing: "book-not-found" }),
    keptOf: async (reader) => (await getAnswer(service, { path: `/v1/readers/${encodeURIComponent(reader)}`, shape }))!,
  };
}
