import { z } from "zod";
import { bookTrendSchema, queryTrendSchema } from "@/application/trend/messages.ts";
import type { TrendRule, Trends } from "@/application/storefront/ports.ts";
import { type Fetch, getAnswer, otherService, type Patience } from "./get_list.ts";

/** The trend service over HTTP, or in process when `fetch` is its app. */
export function createHttpTrends(fetch: Fetch, baseUrl: string, patience: Patience = {}): Trends & TrendRule {
  const service = otherService({ name: "trend", fetch, baseUrl, ...patience });
  let leastReaders: number | undefined;
  async function list<Item extends z.ZodType>(path: string, item: Item): Promise<z.output<Item>[]> {
    const shape = z.object({ items: z.array(item), least_readers: z.int().optional() });
    const answer = await getAnswer(service, { path: `/v1/trends/${path}`, shape });
    leastReaders = answer?.least_readers;
    return answer?.items ?? [];
  }
  return {
    books: (window, limit) => list(`books?window=${window}&limit=${limit}`, bookTrendSchema),
    queries: (window, limit) => list(`queries?window=${window}&limit=${limit}`, queryTrendSchema),
    leastReaders: () => leastReaders,
  };
}
