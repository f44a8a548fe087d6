/** Search and suggestions over HTTP, asked by another process. */
import { createMemoryLastGood } from "@/adapters/memory/web/last_good.ts";
import { createMemoryLog } from "@/adapters/memory/messaging/event_log.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import type { WebStore } from "@/application/storefront/ports.ts";
import { startHono } from "@/bench/bare/hono.ts";
import { askFrom, serve, type Served } from "@/bench/http/serve.ts";
import { type Report, reportLatency } from "@/bench/report.ts";
import { startWeb } from "@/services/web/app.ts";
import { silent as logger } from "@/tests/support/samples.ts";

const MAX_SUGGESTED = 12;
const CONNECTIONS = 16;
/** The first suggestion has the most popular books read. */
const POPULAR_READ_MS = 4_000;
const away = () => Promise.reject(new Error("not part of this"));

/** Serves the store as the web service does, and asks it each query, one at a time, and completions of them by 16 at a time. */
export async function measureHttp(store: WebStore, queries: string[], report: Report): Promise<void> {
  const web = await startWeb({
    store,
    log: createMemoryLog({ now: clock.now }),
    trends: { books: away, queries: away },
    recommendations: { forReader: away, similarTo: away },
    lastGood: createMemoryLastGood(),
    role: "api",
    clock,
    ids,
    logger,
  });
  const server = serve("web", web.fetch);
  try {
    const asked = queries.map((query) => `/v1/books?q=${encodeURIComponent(query)}`);
    const text = { text: "GET /v1/books?q=, one at a time", figure: "http" };
    reportLatency(report, text, await server.ask({ paths: asked, connections: 1 }), [0.5, 0.95, 1]);
    const begun = queries.map((query, at) => query.slice(0, 1 + at % MAX_SUGGESTED));
    const typed = begun.map((query) => `/v1/suggest?q=${encodeURIComponent(query)}`);
    await server.ask({ paths: typed.slice(0, 1), connections: 1 });
    await clock.sleep(POPULAR_READ_MS);
    await measureSuggestions(server, typed, report);
  } finally {
    await server.close();
    await web.stop();
  }
}

/** Suggestions, between two runs of a bare route that answers the same clients with a constant. */
async function measureSuggestions(server: Served, typed: string[], report: Report): Promise<void> {
  const bare = await startHono({ items: Array(8).fill({ kind: "title", text: "A title of five words", book: "b1" }) });
  const baseline = async (text: string, figure: string) => {
    const took = await askFrom(bare.url, { paths: typed.map(() => "/v1/books/1"), connections: CONNECTIONS });
    reportLatency(report, { text, figure }, took, [0.5, 0.95, 1]);
  };
  try {
    await baseline(`a bare Hono route with a constant, ${CONNECTIONS} at a time, before`, "hono_before");
    const suggested = { text: `GET /v1/suggest?q=, ${CONNECTIONS} at a time`, figure: "suggest" };
    reportLatency(report, suggested, await server.ask({ paths: typed, connections: CONNECTIONS }), [0.5, 0.95, 1]);
    await baseline("the bare route after", "hono_after");
  } finally {
    await bare.stop();
  }
}
