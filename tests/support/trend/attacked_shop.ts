import { expect } from "@std/expect";
import { join } from "node:path";
import { createMemoryLastGood } from "@/adapters/memory/web/last_good.ts";
import { createMemoryLog } from "@/adapters/memory/messaging/event_log.ts";
import { createMemoryRecommendations } from "@/adapters/memory/web/storefront.ts";
import { createMemoryTrendStore } from "@/adapters/memory/trend/trend_store.ts";
import { createMemoryWebStore } from "@/adapters/memory/web/web_store.ts";
import { openTrendStore } from "@/adapters/sqlite/stores/trend_store.ts";
import { openWebStore } from "@/adapters/sqlite/stores/web_store.ts";
import { createHttpTrends } from "@/adapters/http_client/trends.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { type IsBlocked, isPrivate } from "@/domain/trend/block_list.ts";
import type { WebStore } from "@/application/storefront/ports.ts";
import type { TrendStore } from "@/application/trend/ports.ts";
import { startTrend } from "@/services/trend/app.ts";
import { startWeb } from "@/services/web/app.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { sending, TOKEN } from "@/tests/support/suites/memory_suite.ts";
import { silent as logger } from "@/tests/support/samples.ts";

type Stores = { web: WebStore; trend: TrendStore; close(): Promise<void> };

/** A shop with books on one kind of store. Each client has an address of its own. */
export async function openShop(
  { web: webStore, trend: trendStore, close }: Stores,
  { books, leastReaders = 1, isBlocked = isPrivate }: {
    books: string[];
    leastReaders?: number;
    isBlocked?: IsBlocked;
  },
) {
  const log = createMemoryLog();
  let events = 0;
  const counted: typeof log = {
    ...log,
    async append(messages) {
      await log.append(messages);
      events += messages.filter(({ topic }) => topic.endsWith(".events")).length;
    },
  };
  const rest = { log: counted, role: "all" as const, adminToken: TOKEN, clock, ids, logger };
  const trend = await startTrend({ ...rest, store: trendStore, leastReaders, isBlocked });
  const web = await startWeb({
    ...rest,
    store: webStore,
    trends: createHttpTrends(async (request) => await trend.fetch(request), "http://trend.test"),
    recommendations: createMemoryRecommendations({ readers: new Map(), newcomers: [], books: new Map() }),
    lastGood: createMemoryLastGood(),
  });
  const ask = async (address: string, path: string, init: RequestInit = {}) => {
    const response = await web.fetch(new Request(`http://shop.test${path}`, init), { address });
    return { status: response.status, cookie: cookieOf(response), text: await response.text() };
  };
  type Item = { book?: { id: string }; query?: string; score: number };
  const list = async (what: "books" | "queries", window: string): Promise<Item[]> =>
    (await (await trend.fetch(new Request(`http://trend.test/v1/trends/${what}?window=${window}`))).json()).items;
  const scores = async (what: "books" | "queries", window: string) =>
    new Map((await list(what, window)).map(({ book, query, score }) => [book?.id ?? query, score]));
  /** Waits until all requests are counted in the trends. */
  async function drained(): Promise<void> {
    await web.recorded();
    await eventually(async () => await webStore.outbox.size() === 0 && await trend.handled() === events);
  }
  for (const id of books) {
    expect((await ask("192.0.2.1", "/v1/books", sending("POST", { id, title: `The ${id} book` }))).status).toBe(201);
  }
  return {
    ask,
    list,
    scores,
    drained,
    async close() {
      await web.stop();
      await trend.stop();
      await close();
    },
  };
}
export type Shop = Awaited<ReturnType<typeof openShop>>;

const cookieOf = (response: Response): string => response.headers.get("set-cookie")?.split(";")[0] ?? "";

/** Repeats work, several times at once. */
export async function times(count: number, work: (at: number) => Promise<unknown>): Promise<void> {
  const atOnce = 50;
  for (let from = 0; from < count; from += atOnce) {
    await Promise.all(Array.from({ length: Math.min(atOnce, count - from) }, (_, at) => work(from + at)));
  }
}

/** Readers view the book `honest` and search for it, each once and from an address of their own. */
export async function readBy(shop: Shop, readers: number): Promise<void> {
  await times(readers, async (at) => {
    const address = `198.51.${100 + Math.floor(at / 200)}.${1 + at % 200}`;
    const { cookie } = await shop.ask(address, "/");
    await shop.ask(address, "/books/honest", { headers: { cookie } });
    await shop.ask(address, "/search?q=honest", { headers: { cookie } });
  });
}

/** The stores that a shop can run on. */
export const KINDS: Record<string, () => Promise<Stores>> = {
  memory: () =>
    Promise.resolve({
      web: createMemoryWebStore(),
      trend: createMemoryTrendStore(),
      close: () => Promise.resolve(),
    }),
  async SQLite() {
    const folder = await Deno.makeTempDir();
    const web = openWebStore({ path: join(folder, "web.db"), clock });
    const trend = openTrendStore({ path: join(folder, "trend.db"), clock });
    return {
      web,
      trend,
      async close() {
        await web.close();
        await trend.close();
        await Deno.remove(folder, { recursive: true });
      },
    };
  },
};
