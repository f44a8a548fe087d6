import { z } from "zod";
import { bookTrendSchema, queryTrendSchema } from "@/application/trend/messages.ts";
import type { TrendRule, Trends } from "@/application/storefront/ports.ts";
import { type Fetch, getAnswer, getList } from "./get_list.ts";

const ruleSchema = z.object({ least_readers: z.int().optional() });

/** The trend service over HTTP, or in process when `fetch` is its app. */
export function createHttpTrends(fetch: Fetch, baseUrl: string, timeoutMs = 1_000): Trends & TrendRule {
  const service = { name: "trend", fetch, baseUrl, timeoutMs };
  const path = (kind: "books" | "queries", window: string, limit: number) =>
    `/v1/trends/${kind}?window=${window}&limit=${limit}`;
  return {
    books: (window, limit) => getList(service, { path: path("books", window, limit), item: bookTrendSchema }),
    queries: (window, limit) => getList(service, { path: path("queries", window, limit), item: queryTrendSchema }),
    leastReaders: async () =>
      (await getAnswer(service, { path: "/v1/trends/queries?limit=1", shape: ruleSchema }))?.least_readers,
  };
}
