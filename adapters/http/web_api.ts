import { asyncApi } from "@/application/published/asyncapi.ts";
import { createBaseApp } from "./base_app.ts";
import { deadLetterRoutes } from "./letter_routes.ts";
import { bookRoutes } from "./web/books.ts";
import { eventRoutes } from "./web/events.ts";
import type { WebApiDeps } from "./web/parts.ts";
import { readerRoutes } from "./web/readers.ts";
import { errorPage } from "./pages/error_page.tsx";
import { pageRoutes } from "./pages/page_routes.tsx";

/** The web service's HTTP API and pages. */
export function createWebApi(deps: WebApiDeps) {
  const app = createBaseApp({ title: "web", ...deps, errorPage });
  app.get("/asyncapi.json", (context) => context.json(asyncApi()));
  bookRoutes(app, deps);
  eventRoutes(app, deps);
  readerRoutes(app, deps);
  deadLetterRoutes(app, { letters: deps.store.letters, ...deps }, deps.adminToken);
  pageRoutes(app, deps);
  return app;
}
