import { HALF_LIFE_NAME, halfLifeOf } from "@/domain/trend/half_life.ts";
import { ORDERS } from "@/domain/trend/rank_trends.ts";
import { WINDOWS } from "@/domain/trend/window.ts";
import { defined } from "@/application/defined.ts";
import { messageOf } from "@/application/faults.ts";
import { loadPanel } from "@/application/storefront/panel.ts";
import type { App, AppContext } from "@/adapters/http/base/app.ts";
import { HttpProblem } from "@/adapters/http/base/problems/problem.ts";
import type { WebApiDeps } from "@/adapters/http/api/web_api_deps.ts";
import { idsOf, page, readerBooksOf } from "@/adapters/http/pages/page.ts";
import { TrendsPage } from "./trends_page.tsx";

const LENGTH = 20;

/** Adds the page of trends and its stream. */
export function trendRoutes(app: App, deps: WebApiDeps): void {
  const { trends, visitors } = deps;
  app.get("/trends", async (context) => {
    const reader = visitors.readerOfPage(context);
    const asked = askedBy(context);
    const { window, order } = asked;
    const name = `${window ?? ""}:${order}:${LENGTH}`;
    const [books, queries] = await Promise.all([
      loadPanel(deps, `books:${name}`, () => trends.books(window, LENGTH, order)),
      loadPanel(deps, `queries:${name}`, () => trends.queries(window, LENGTH, order)),
    ]);
    const { own, offered = [] } = trends.windows?.() ?? {};
    const shown = window ?? own;
    const windows: string[] = offered.length > 0 ? offered : [...WINDOWS];
    const said = await readerBooksOf(deps, reader, idsOf(books.items));
    return page(
      context,
      <TrendsPage
        asked={asked}
        window={shown}
        windows={shown === undefined || windows.includes(shown) ? windows : [...windows, shown]}
        books={books}
        queries={queries}
        leastReaders={trends.leastReaders?.()}
        said={said}
      />,
    );
  });
  streamRoute(app, deps);
}

/** Returns the parameters of the page. Ignores an invalid window or order. */
function askedBy({ req }: AppContext) {
  const given = req.query("window") ?? "";
  const window = HALF_LIFE_NAME.test(given) && halfLifeOf(given) !== undefined ? given : undefined;
  return { window, order: ORDERS.find((one) => one === req.query("order")) ?? "top" };
}

/** Proxies the trend service's stream, as the page's policy allows only its own origin. */
function streamRoute(app: App, { trends, logger }: WebApiDeps): void {
  app.get("/trends/stream", async (context) => {
    const { window, order } = askedBy(context);
    const left = new AbortController();
    try {
      const lastEventId = context.req.header("last-event-id");
      const stream = await trends.follow?.({ order, ...defined({ window, lastEventId }) }, left.signal);
      if (stream === undefined) throw new Error("there is no stream");
      return new Response(stream.body, {
        headers: { "content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no" },
      });
    } catch (error) {
      left.abort();
      logger.warn("panel-unavailable", { panel: "stream", reason: messageOf(error) });
      throw new HttpProblem(503, "trends cannot be followed at the moment", { headers: { "Retry-After": "30" } });
    }
  });
}
