import { z } from "zod";
import { bookTrendSchema, queryTrendSchema } from "@/application/trend/messages.ts";
import { defined } from "@/application/defined.ts";
import { Unavailable } from "@/application/faults.ts";
import type { TrendRule, Trends, TrendStream } from "@/application/storefront/ports.ts";
import { beginAnswer, type Fetch, getAnswer, otherService, type Patience } from "./get_list.ts";

/** The fields of an answer other than its items. Services of earlier versions leave some out. */
const said = z.object({
  least_readers: z.int().optional(),
  window: z.string().optional(),
  windows: z.array(z.string()).default([]),
});

/** The trend service over HTTP, or in process when `fetch` is its app. */
export function createHttpTrends(
  fetch: Fetch,
  baseUrl: string,
  patience: Patience = {},
): Trends & TrendRule & TrendStream {
  const service = otherService({ name: "trend", fetch, baseUrl, ...patience });
  let leastReaders: number | undefined;
  let own: string | undefined;
  let offered: string[] | undefined;
  async function list<Item extends z.ZodType>(
    what: string,
    item: Item,
    asked: { window: string | undefined; limit: number; order: string },
  ): Promise<z.output<Item>[]> {
    const path = `/v1/trends/${what}?${new URLSearchParams(defined({ ...asked, limit: String(asked.limit) }))}`;
    const answer = await getAnswer(service, { path, shape: said.extend({ items: z.array(item) }) });
    if (answer === undefined) return [];
    leastReaders = answer.least_readers;
    offered = answer.windows;
    if (asked.window === undefined) own = answer.window;
    return answer.items;
  }
  return {
    books: (window, limit, order = "top") => list("books", bookTrendSchema, { window, limit, order }),
    queries: (window, limit, order = "top") => list("queries", queryTrendSchema, { window, limit, order }),
    leastReaders: () => leastReaders,
    windows: () => offered === undefined ? undefined : { own, offered },
    async follow({ window, order, lastEventId }, signal) {
      const path = `/v1/trends/stream?${new URLSearchParams(defined({ window, order }))}`;
      const headers = { accept: "text/event-stream", ...(lastEventId ? { "last-event-id": lastEventId } : {}) };
      const response = await beginAnswer(service, { path, headers }, signal);
      if (response.ok && /^text\/event-stream/.test(response.headers.get("content-type") ?? "")) return response;
      await response.body?.cancel();
      throw new Unavailable(`trend answered a stream with status ${response.status}`);
    },
  };
}
