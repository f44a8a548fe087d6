import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import type { Order } from "@/domain/trend/rank_trends.ts";
import { listBookTrends } from "@/application/trend/lists/list_trends.ts";
import { createTrendFeeds, type FeedState } from "@/application/trend/lists/trend_feed.ts";
import type { Logger } from "@/application/ports.ts";
import type { Meter } from "@/application/shared/observability/metrics.ts";
import type { App } from "@/adapters/http/base/app.ts";
import { errors } from "@/adapters/http/base/describe/contracts.ts";
import { HttpProblem } from "@/adapters/http/base/problems/problem.ts";
import { fingerprint } from "@/adapters/http/api/cursor.ts";
import { listQuery, type TrendListDeps, valueOf } from "./trend_lists.ts";

type Deps = TrendListDeps & { streamsMost: number; logger: Logger; meter: Meter };

const LENGTH = 20;
/** The most buffered bytes of a slow client, a few lists. */
const WAITING_BYTES = 64 * 1024;
/** When a client reconnects after its stream has ended. */
const RETRY_MS = 2_000;

/** Adds the route of the stream, which sends a list of books whenever it changes. */
export function trendStreamRoute(app: App, deps: Deps): void {
  const feeds = createTrendFeeds((name) => readState(deps, name), { ...deps, most: deps.streamsMost });
  deps.meter.watch(() => Promise.resolve([{ name: "bookstream_trend_streams", labels: {}, value: feeds.size() }]));
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/trends/stream",
      summary: "The first 20 books, again whenever they change (server-sent events)",
      description:
        "Each event `books` holds window, order, at and items as in /v1/trends/books. Its id is the same as long as the list " +
        "says the same, so that who comes again with Last-Event-ID gets a list only if it has changed. A comment comes every " +
        "15 seconds. Who reads too slowly is cut off.",
      request: {
        query: listQuery,
        headers: z.object({ "Last-Event-ID": z.string().max(200).optional() }),
      },
      responses: {
        200: { description: "The stream", content: { "text/event-stream": { schema: z.string() } } },
        ...errors(422, 429, 503),
      },
    }),
    async (context) => {
      const { window: wanted, order } = context.req.valid("query");
      const { window: standard, windows } = await deps.windows();
      const window = wanted ?? standard;
      if (!windows.includes(window)) {
        throw new HttpProblem(422, `window: wanted one that is offered (${windows.join(", ")}), found ${window}`, {
          code: "invalid",
        });
      }
      const known = context.req.valid("header")["Last-Event-ID"];
      const stream = openStream(feeds, nameOf(window, order), known);
      if (stream === undefined) {
        throw new HttpProblem(503, "there are as many streams as may be; try again", {
          code: "overloaded",
          headers: { "Retry-After": "10" },
        });
      }
      return new Response(stream, {
        headers: { "content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no" },
      });
    },
  );
}

const nameOf = (window: string, order: Order): string => `${window} ${order}`;

async function readState({ openLive, clock, leastReaders }: Deps, name: string): Promise<FeedState> {
  const [window, order] = name.split(" ") as [string, Order];
  const at = clock.now();
  const query = { window, order, at, limit: LENGTH, leastReaders: await valueOf(leastReaders) };
  const items = await listBookTrends(await openLive(), query);
  // Scores decay all the time, so the id leaves them out.
  const said = items.map(({ book, rank, count, readers, searches }) => ({ book, rank, count, readers, searches }));
  return {
    id: fingerprint({ name, said }),
    data: JSON.stringify({ window, order, at: new Date(at).toISOString(), items }),
  };
}

type Feeds = ReturnType<typeof createTrendFeeds>;

/** Opens the stream of one client. Returns undefined when there are too many streams. */
function openStream(feeds: Feeds, name: string, known: string | undefined): ReadableStream<Uint8Array> | undefined {
  const encoder = new TextEncoder();
  let leave: (() => void) | undefined;
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      const write = (text: string): boolean => {
        if ((controller.desiredSize ?? 0) <= 0) {
          controller.close();
          return false;
        }
        controller.enqueue(encoder.encode(text));
        return true;
      };
      write(`retry: ${RETRY_MS}\n\n`);
      leave = feeds.listen(name, (message) => write(textOf(message)), known);
    },
    cancel: () => leave?.(),
  }, new ByteLengthQueuingStrategy({ highWaterMark: WAITING_BYTES }));
  return leave === undefined ? undefined : stream;
}

/** Returns an event, or a comment, which clients ignore. */
const textOf = (message: FeedState | "heartbeat"): string =>
  message === "heartbeat" ? ":\n\n" : `event: books\nid: ${message.id}\ndata: ${message.data}\n\n`;
