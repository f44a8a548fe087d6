import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import { WINDOWS } from "@/domain/trend/window.ts";
import { listBookTrends, listQueryTrends } from "@/application/trend/list_trends.ts";
import { bookTrend, queryTrend } from "@/application/trend/views.ts";
import type { Clock } from "@/application/messaging/ports.ts";
import type { SettlingParts } from "@/application/messaging/replay.ts";
import type { TrendStore } from "@/application/stores.ts";
import { type App, type BaseParts, createBaseApp } from "./base_app.ts";
import { errors, json, limit, page } from "./contracts.ts";
import { letterRoutes } from "./letter_routes.ts";

export type TrendApiParts = Omit<BaseParts, "title"> & {
  store: Pick<TrendStore, "view" | "floor" | "letters">;
  clock: Clock;
  leastReaders: number;
  sinks: SettlingParts["sinks"];
  adminToken?: string;
};

const query = z.object({
  window: z.enum(WINDOWS).default("24h").meta({
    description: "A half-life: in 24h a vote loses half its weight in 24 hours",
  }),
  order: z.enum(["top"]).default("top"),
  at: z.iso.datetime({ offset: true }).optional().meta({ description: "As of this time; now where missing" }),
  limit,
});

/** The trend service's HTTP API. */
export function createTrendApi({ store, clock, leastReaders, sinks, adminToken, ...base }: TrendApiParts): App {
  const app = createBaseApp({ title: "trend", ...base });
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
      responses: { 200: json(page(bookTrend), "Books, best first"), ...errors(422) },
    }),
    async (context) =>
      context.json({ items: await listBookTrends(store, asked(context.req.valid("query"))), next_cursor: null }, 200),
  );
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/trends/queries",
      summary: "What is searched most right now",
      request: { query },
      responses: { 200: json(page(queryTrend), "Queries, best first"), ...errors(422) },
    }),
    async (context) =>
      context.json({ items: await listQueryTrends(store, asked(context.req.valid("query"))), next_cursor: null }, 200),
  );
  letterRoutes(app, { letters: store.letters, sinks, clock, logger: base.logger }, adminToken);
  return app;
}
