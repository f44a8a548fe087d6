import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import { listBookTrends, listQueryTrends } from "@/application/trend/list_trends.ts";
import { bookTrendSchema, queryTrendSchema, windowSchema } from "@/application/trend/messages.ts";
import type { Clock } from "@/application/ports.ts";
import type { Rebuilds } from "@/application/messaging/rebuild/jobs.ts";
import type { Sinks } from "@/application/messaging/dead_letters/desk.ts";
import type { TrendStore } from "@/application/trend/ports.ts";
import type { App } from "@/adapters/http/base/app.ts";
import { type BaseDeps, createBaseApp } from "@/adapters/http/base/base_app.ts";
import { errors, json, limit, page } from "@/adapters/http/base/contracts.ts";
import { deadLetterRoutes } from "@/adapters/http/operations/dead_letter_routes.ts";
import { rebuildRoutes } from "@/adapters/http/operations/rebuild_routes.ts";

type TrendApiDeps = Omit<BaseDeps, "title"> & {
  store: Pick<TrendStore, "at" | "deadLetters">;
  /** The version that readers see. */
  live: () => Promise<number>;
  clock: Clock;
  leastReaders: number;
  sinks: Sinks;
  rebuilds: Rebuilds;
  adminToken?: string;
};

const query = z.object({
  window: windowSchema.default("24h").meta({
    description: "A half-life: in 24h a vote loses half its weight in 24 hours",
  }),
  order: z.enum(["top"]).default("top"),
  at: z.iso.datetime({ offset: true }).optional().meta({ description: "As of this time; now where missing" }),
  limit,
});

/** The trend service's HTTP API. */
export function createTrendApi(
  { store, clock, leastReaders, live, sinks, rebuilds, adminToken, ...base }: TrendApiDeps,
): App {
  const app = createBaseApp({ title: "trend", ...base });
  /** One version for all of a request, so that no answer is a mixture of two. */
  const seen = async () => store.at(await live());
  const asked = ({ window, at, limit }: z.output<typeof query>) => ({
    window,
    limit,
    leastReaders,
    at: at === undefined ? clock.now() : Date.parse(at),
  });
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/trends/books",
      summary: "What is read most right now",
      request: { query },
      responses: { 200: json(page(bookTrendSchema), "Books, best first"), ...errors(422) },
    }),
    async (context) =>
      context.json(
        { items: await listBookTrends(await seen(), asked(context.req.valid("query"))), next_cursor: null },
        200,
      ),
  );
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/trends/queries",
      summary: "What is searched most right now",
      request: { query },
      responses: { 200: json(page(queryTrendSchema), "Queries, best first"), ...errors(422) },
    }),
    async (context) =>
      context.json(
        { items: await listQueryTrends(await seen(), asked(context.req.valid("query"))), next_cursor: null },
        200,
      ),
  );
  deadLetterRoutes(app, { deadLetters: store.deadLetters, sinks, clock, logger: base.logger }, adminToken);
  rebuildRoutes(app, rebuilds, adminToken);
  return app;
}
