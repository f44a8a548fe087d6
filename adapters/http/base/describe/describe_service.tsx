import { noTelemetry, type Telemetry } from "@/application/shared/observability/telemetry.ts";
import type { App } from "@/adapters/http/base/app.ts";
import { HttpProblem } from "@/adapters/http/base/problems/problem.ts";
import { DOCS_STYLE, DocsPage } from "./docs_page.tsx";
import { meaningOf } from "@/adapters/http/base/problems/problems.ts";

type Readiness = { ready: boolean; parts: Record<string, { ok: boolean; detail?: string | undefined }> };

export type ServiceDescription = {
  title: string;
  /** Returns the readiness. `verbose` adds the details of each part. */
  ready: (verbose: boolean) => Promise<Readiness>;
  telemetry?: Telemetry;
  /** The paths that robots.txt disallows; all if undefined. */
  disallowed?: readonly string[];
};

/** Adds the routes of health, metrics, robots.txt, problem types, and the OpenAPI document, also as a page. */
export function describeService(app: App, description: ServiceDescription): void {
  stateRoutes(app, description);
  const { title, disallowed = ["/"] } = description;
  const document = () =>
    app.getOpenAPI31Document({
      openapi: "3.1.0",
      info: { title: `Bookstream ${title}`, version: "1.0.0" },
      servers: [{ url: "/" }],
    });
  app.get("/openapi.json", (context) => context.json(document()));
  app.get("/docs", (context) => context.html(`<!doctype html>${<DocsPage document={document()} />}`));
  app.get(
    "/docs/style.css",
    (context) => context.body(DOCS_STYLE, 200, { "content-type": "text/css; charset=utf-8" }),
  );
  app.get(
    "/robots.txt",
    (context) => context.text(["User-agent: *", ...disallowed.map((path) => `Disallow: ${path}`), ""].join("\n")),
  );
  app.get("/problems/:code", (context) => {
    const code = context.req.param("code");
    const meaning = meaningOf(code);
    if (meaning === undefined) throw new HttpProblem(404, "there is no such type of problem");
    return context.json({ type: `/problems/${code}`, meaning }, 200, { "cache-control": "public, max-age=86400" });
  });
  app.openAPIRegistry.registerComponent("securitySchemes", "adminToken", { type: "http", scheme: "bearer" });
}

function stateRoutes(app: App, { ready, telemetry: { exposition } = noTelemetry }: ServiceDescription): void {
  app.get("/livez", (context) => context.json({ status: "alive" }));
  app.get("/readyz", async (context) => {
    const verbose = context.req.query("verbose") !== undefined;
    const { ready: isReady, parts } = await ready(verbose);
    const status = { status: isReady ? "ready" : "not ready" };
    return context.json(verbose ? { ...status, parts } : status, isReady ? 200 : 503);
  });
  if (exposition === undefined) return;
  app.get(
    "/metrics",
    async (context) => context.body(await exposition.text(), 200, { "content-type": exposition.type }),
  );
}
