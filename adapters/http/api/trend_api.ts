import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import type { IsBlocked } from "@/domain/trend/block_list.ts";
import { type LeastReaders, listBookTrends, listQueryTrends } from "@/application/trend/list_trends.ts";
import { bookTrendSchema, queryTrendSchema, windowSchema } from "@/application/trend/messages.ts";
import type { Clock } from "@/application/ports.ts";
import type { CatalogueCopy } from "@/application/catalog/ports.ts";
import type { Rebuilds } from "@/application/messaging/rebuild/jobs.ts";
import type { Sinks } from "@/application/messaging/dead_letters/desk.ts";
import type { TrendStore } from "@/application/trend/ports.ts";
import type { App } from "@/adapters/http/base/app.ts";
import { type BaseDeps, createBaseApp } from "@/adapters/http/base/base_app.ts";
import { errors, json, limit, page } from "@/adapters/http/base/contracts.ts";
import { deadLetterRoutes } from "@/adapters/http/operations/dead_letter_routes.ts";
import { copyRoutes } from "@/adapters/http/operations/copy_routes.ts";
import { rebuildRoutes } from "@/adapters/http/operations/rebuild_routes.ts";

type TrendApiDeps = Omit<BaseDeps, "title"> & {
  store: Pick<TrendStore, "at" | "deadLetters">;
  /** The version that readers see. */
  live: () => Promise<number>;
  clock: Clock;
  leastReaders: LeastReaders;
  isBlocked: IsBlocked;
  sinks: Sinks;
  rebuilds: Rebuilds;
  copy: CatalogueCopy;
};

const query = z.object({
  window: windowSchema.default("24h").meta({
    description: "A half-life: in 24h a vote loses half its weight in 24 hours",
  }),
  order: z.enum(["top"]).default("top"),
  at: z.iso.datetime({ offset: true }).optional().meta({ description: "As of this time; now where missing" }),
  limit,
});

const leastReadersField = z.int().meta({ description: "Distinct readers, by as many clients, that a trend needs" });
const trends = <Item extends z.ZodType>(item: Item) => page(item).extend({ least_readers: leastReadersField });
const listOf = <Item>(items: Item[], { leastReaders }: { leastReaders: number }) => ({
  items,
  next_cursor: null,
  least_readers: leastReaders,
});

/** The trend service's HTTP API. */
export function createTrendApi(
  { store, clock, leastReaders, isBlocked, live, sinks, rebuilds, copy, ...base }: TrendApiDeps,
): App {
  const app = createBaseApp({ title: "trend", ...base });
  /** A request reads one version only, so that no answer mixes two. */
  const openLive = async () => store.at(await live());
  const criteriaOf = async ({ window, at, limit }: z.output<typeof query>) => ({
    window,
    limit,
    isBlocked,
    leastReaders: typeof leastReaders === "number" ? leastReaders : await leastReaders(),
    at: at === undefined ? clock.now() : Date.parse(at),
  });
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/trends/books",
      summary: "What is read most right now",
      request: { query },
      responses: { 200: json(trends(bookTrendSchema), "Books, best first"), ...errors(422) },
    }),
    async (context) => {
      const criteria = await criteriaOf(context.req.valid("query"));
      return context.json(listOf(await listBookTrends(await openLive(), criteria), criteria), 200);
    },
  );
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/trends/queries",
      summary: "What is searched most right now",
      request: { query },
      responses: { 200: json(trends(queryTrendSchema), "Queries, best first"), ...errors(422) },
    }),
    async (context) => {
      const criteria = await criteriaOf(context.req.valid("query"));
      return context.json(listOf(await listQueryTrends(await openLive(), criteria), criteria), 200);
    },
  );
  const letters = { service: "trend", deadLetters: store.deadLetters, sinks, clock, logger: base.logger };
  deadLetterRoutes(app, letters, base.adminToken);
  rebuildRoutes(app, rebuilds, base.adminToken);
  copyRoutes(app, copy.books, base.adminToken);
  return app;
}
