import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import { DEFAULT_SETTINGS, type ListSettings } from "@/domain/recommendation/settings.ts";
import type { Clock } from "@/application/ports.ts";
import type { CatalogueCopy } from "@/application/catalog/ports.ts";
import type { Rebuilds } from "@/application/messaging/rebuild/jobs.ts";
import type { Sinks } from "@/application/messaging/dead_letters/replay.ts";
import { listSimilar, recommendBooks } from "@/application/recommendation/lists/recommend_books.ts";
import { cacheBooks } from "@/application/recommendation/lists/cache_books.ts";
import { keptOfReader } from "@/application/recommendation/lists/kept_of_reader.ts";
import { keptOfReaderSchema, recommendationSchema } from "@/application/recommendation/messages.ts";
import type { IndexedBooks } from "@/application/recommendation/lists/indexed_books.ts";
import type { RecommendationStore } from "@/application/recommendation/ports.ts";
import type { App } from "@/adapters/http/base/app.ts";
import { type BaseDeps, createBaseApp } from "@/adapters/http/base/base_app.ts";
import { describeReaderTokens } from "@/adapters/http/base/describe/security_schemes.ts";
import { needReaderToken } from "@/adapters/http/base/security/auth.ts";
import { bookId, errors, json, limit, page, readerId, readerTokens } from "@/adapters/http/base/describe/contracts.ts";
import { deadLetterRoutes } from "@/adapters/http/operations/dead_letter_routes.ts";
import { copyRoutes } from "@/adapters/http/operations/copy_routes.ts";
import { rebuildRoutes } from "@/adapters/http/operations/rebuild_routes.ts";
import { HttpProblem } from "@/adapters/http/base/problems/problem.ts";

type RecommendationApiDeps = Omit<BaseDeps, "title"> & {
  store: Pick<RecommendationStore, "at" | "deadLetters">;
  /** Returns the live version. */
  live: () => Promise<number>;
  sinks: Sinks;
  rebuilds: Rebuilds;
  copy: CatalogueCopy;
  clock: Clock;
};

const query = z.object({ limit });

/** Creates the recommendation service's HTTP API. */
export function createRecommendationApi(
  { store, live, sinks, rebuilds, copy, clock, ...base }: RecommendationApiDeps,
): App {
  const app = createBaseApp({ title: "recommendation", ...base });
  describeReaderTokens(app);
  const openLive = liveVersionOpener({ store, live, clock });
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/readers/{id}/recommendations",
      summary: "Books for a reader, each with its reason; popular ones for a reader that nobody knows",
      description: "Readers themselves see theirs on the pages of the web service, which asks here with a token.",
      security: readerTokens,
      request: { params: readerId, query },
      responses: { 200: json(page(recommendationSchema), "Books, best first"), ...errors(401, 403, 422) },
    }),
    async (context) => {
      needReaderToken(context, base);
      const items = await recommendBooks(
        await openLive(),
        context.req.valid("param").id,
        context.req.valid("query").limit,
      );
      return context.json({ items, next_cursor: null }, 200, { "cache-control": "private, no-store" });
    },
  );
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/readers/{id}",
      summary: "All that this service keeps of a reader: acts and searches, newest first",
      description:
        "Readers themselves see it on the pages of the web service. `DELETE /v1/readers/{id}` there erases it.",
      security: readerTokens,
      request: { params: readerId },
      responses: { 200: json(keptOfReaderSchema, "What is kept"), ...errors(401, 403, 422) },
    }),
    async (context) => {
      needReaderToken(context, base);
      const kept = await keptOfReader(await openLive(), context.req.valid("param").id);
      return context.json(kept, 200, { "cache-control": "private, no-store" });
    },
  );
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/books/{id}/similar",
      summary: "Books like one book, each with its reason",
      request: { params: bookId, query },
      responses: { 200: json(page(recommendationSchema), "Books, best first"), ...errors(404, 422) },
    }),
    async (context) => {
      const { id } = context.req.valid("param");
      const items = await listSimilar(await openLive(), id, context.req.valid("query").limit);
      if (items === undefined) {
        throw new HttpProblem(404, `there is no book with the id ${id}`, { code: "book-not-found" });
      }
      return context.json({ items, next_cursor: null }, 200);
    },
  );
  const letters = { service: "recommendation", deadLetters: store.deadLetters, sinks, clock, logger: base.logger };
  deadLetterRoutes(app, letters, base.adminToken);
  rebuildRoutes(app, rebuilds, base.adminToken);
  copyRoutes(app, copy.books, base.adminToken);
  return app;
}

/** Returns a function that opens the live version. A request calls it once, so that its response never mixes two versions. */
function liveVersionOpener({ store, live, clock }: Pick<RecommendationApiDeps, "store" | "live" | "clock">) {
  let cached: { version: number; open: () => Promise<IndexedBooks>; settings: ListSettings } | undefined;
  return async () => {
    const version = await live();
    const { readers, books, settings } = store.at(version);
    if (cached?.version !== version) {
      cached = { version, open: cacheBooks(books, clock), settings: await settings.read() ?? DEFAULT_SETTINGS };
    }
    return { readers, books: await cached.open(), settings: cached.settings };
  };
}
