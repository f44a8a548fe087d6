import { createCache } from "@/application/shared/concurrency/cache.ts";
import type { FacetList } from "@/application/catalog/search/listing/count_facets.ts";
import { asyncApi } from "@/application/published/asyncapi.ts";
import { createBaseApp } from "@/adapters/http/base/base_app.ts";
import { describeReaderCookie } from "@/adapters/http/base/describe/security_schemes.ts";
import { deadLetterRoutes } from "@/adapters/http/operations/dead_letter_routes.ts";
import type { RunningImports } from "@/application/catalog/importing/jobs/import_jobs.ts";
import { importRoutes } from "@/adapters/http/api/catalog/imports.ts";
import { bookRoutes } from "@/adapters/http/api/catalog/books.ts";
import { eventRoutes } from "@/adapters/http/api/activity/events.ts";
import type { WebApiDeps } from "@/adapters/http/api/web_api_deps.ts";
import { createVisitors, type VisitorOptions } from "@/adapters/http/api/activity/visitors.ts";
import { suggestRoute } from "@/adapters/http/api/catalog/suggest.ts";
import { readerRoutes } from "@/adapters/http/api/activity/readers.ts";
import { errorPage } from "@/adapters/http/pages/error_page.tsx";
import { pageRoutes } from "@/adapters/http/pages/page_routes.tsx";

type WebApiOptions = Omit<WebApiDeps, "visitors" | "facetLists"> & {
  visitors: VisitorOptions;
  imports?: RunningImports;
};

/** The cache of facet counts: an entry per search, of about 5 kB. */
const KEPT_FACETS = { most: 500, maxAgeMs: 30_000 };

/** Creates the web service's HTTP API and pages. */
export function createWebApi(options: WebApiOptions) {
  const facetLists = createCache<FacetList[]>({ ...KEPT_FACETS, clock: options.clock });
  const deps: WebApiDeps = { ...options, facetLists, visitors: createVisitors({ ...options, ...options.visitors }) };
  const app = createBaseApp({
    title: "web",
    ...deps,
    errorPage,
    readerOf: deps.visitors.readerOf,
    disallowed: ["/v1/", "/search"],
  });
  describeReaderCookie(app);
  app.get("/asyncapi.json", (context) => context.json(asyncApi()));
  bookRoutes(app, deps);
  suggestRoute(app, deps);
  eventRoutes(app, deps);
  readerRoutes(app, deps);
  deadLetterRoutes(app, { service: "web", deadLetters: deps.store.deadLetters, ...deps }, deps.adminToken);
  if (options.imports !== undefined) importRoutes(app, deps, options.imports);
  pageRoutes(app, deps);
  return app;
}
