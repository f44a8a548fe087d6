import { z } from "zod";
import { bookTrendSchema, queryTrendSchema } from "@/application/trend/messages.ts";
import type { TrendRule, Trends } from "@/application/storefront/ports.ts";
import { type Fetch, getAnswer, getList } from "./get_list.ts";

const ruleSchema = z.object({ least_readers: z.int().optional() });

/** The trend service over HTTP, or in process when `fetch` is its app. */
export function createHttpTrends(fetch: Fetch, baseUrl: string, timeoutMs = 1_000): Trends & TrendRule {
  const caller = { fetch, timeoutMs };
  return {
    books: async (window, limit) =>
      await getList(caller, `${baseUrl}/v1/trends/books?window=${window}&limit=${limit}`, bookTrendSchema) ?? [],
    queries: async (window, limit) =>
      await getList(caller, `${baseUrl}/v1/trends/queries?window=${window}&limit=${limit}`, queryTrendSchema) ?? [],
    leastReaders: async () =>
      (await getAnswer(caller, `${baseUrl}/v1/trends/queries?limit=1`, ruleSchema))?.least_readers,
  };
}
