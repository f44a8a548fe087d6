import { asyncApi } from "@/application/published/asyncapi.ts";
import { createBaseApp } from "./base_app.ts";
import { letterRoutes } from "./letter_routes.ts";
import { bookRoutes } from "./web/books.ts";
import { eventRoutes } from "./web/events.ts";
import type { WebApiParts } from "./web/parts.ts";
import { readerRoutes } from "./web/readers.ts";
import { errorPage } from "./pages/error_page.tsx";
import { pageRoutes } from "./pages/page_routes.tsx";

/** The web service's HTTP API and pages. */
export function createWebApi(parts: WebApiParts) {
  const app = createBaseApp({ title: "web", ...parts, errorPage });
  app.get("/asyncapi.json", (context) => context.json(asyncApi()));
  bookRoutes(app, parts);
  eventRoutes(app, parts);
  readerRoutes(app, parts);
  letterRoutes(app, { letters: parts.store.letters, ...parts }, parts.adminToken);
  pageRoutes(app, parts);
  return app;
}
