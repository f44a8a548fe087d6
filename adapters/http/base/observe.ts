import { matchedRoutes } from "hono/route";
import type { Logger } from "@/application/ports.ts";
import type { Telemetry } from "@/application/shared/observability/telemetry.ts";
import { PROBES } from "@/adapters/http/base/limits/admit.ts";
import type { AppContext } from "./app.ts";

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
/** The route label of a request that no route matches. */
export const UNMATCHED = "unmatched";

/** Returns the pattern of the matched route. The path itself would be an unbounded label, and may contain a reader's id. */
export function routeOf(context: AppContext): string {
  const path = matchedRoutes(context).at(-1)?.path ?? "*";
  return path.endsWith("*") ? UNMATCHED : path;
}

/** Creates a function that measures an answered request, names its span by its route, and logs it (at info, probes at debug). */
export function createObserver(
  { meter, tracer }: Telemetry,
  logger: Logger,
): (context: AppContext, tookMs: number) => void {
  return (context, tookMs) => {
    const route = routeOf(context);
    const method = METHODS.has(context.req.method) ? context.req.method : "other";
    const { status: code } = context.res;
    const labels = { route, method, status: `${Math.floor(code / 100)}xx` };
    meter.add("bookstream_http_requests_total", labels);
    meter.observe("bookstream_http_request_duration_seconds", labels, tookMs / 1_000);
    tracer.describe(`${method} ${route}`, { "http.route": route }, code >= 500);
    const milliseconds = Math.round(tookMs);
    const facts = { method, route, status: code, milliseconds, correlation: context.get("correlationId") };
    // Probes come every few seconds.
    if (PROBES.has(route)) logger.debug("probe", facts);
    else logger.info("request", facts);
  };
}
