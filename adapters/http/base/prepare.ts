import type { MiddlewareHandler } from "hono";
import type { IdGenerator, Logger } from "@/application/ports.ts";
import type { Telemetry } from "@/application/shared/observability/telemetry.ts";
import type { AppContext, Env } from "./app.ts";
import type { Capacity } from "@/adapters/http/base/limits/capacity.ts";
import { clientFinder } from "@/adapters/http/base/limits/client_address.ts";
import { isEventStream } from "@/adapters/http/base/content/event_stream.ts";
import { createObserver } from "./observe.ts";
import { SECURITY_HEADERS } from "@/adapters/http/base/security/security_headers.ts";

type PrepareDeps = {
  ids: IdGenerator;
  capacity: Capacity;
  trustedProxies: readonly string[];
  telemetry: Telemetry;
  logger: Logger;
};

const CORRELATION = /^[\w.-]{1,64}$/;
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/**
 * Creates the middleware that gives every request its client, trace context and correlation id, and every response this id, the
 * security and rate limit headers, and for HEAD the length of GET. It is one middleware, as each one costs time.
 */
export function prepareRequest(
  { ids, capacity, trustedProxies, telemetry, logger }: PrepareDeps,
): MiddlewareHandler<Env> {
  const findClient = clientFinder(trustedProxies);
  const observe = createObserver(telemetry, logger);
  return async (context, next) => {
    const from = performance.now();
    const given = context.req.header("x-correlation-id");
    const id = given !== undefined && CORRELATION.test(given) ? given : ids.fresh();
    context.set("correlationId", id);
    context.set("client", findClient(context));
    context.set("capacity", capacity);
    // Passes the client's trace context on even when this process does not trace.
    const traceparent = telemetry.tracer.current() ?? clientsTrace(context);
    if (traceparent !== undefined) context.set("traceparent", traceparent);
    await next();
    // Hono's context.header() would copy the finished response and its body each time.
    const { headers } = context.res;
    for (const [name, value] of SECURITY_HEADERS) headers.set(name, value);
    for (const [name, value] of context.get("bill")?.headers() ?? []) headers.set(name, value);
    headers.set("x-correlation-id", id);
    try {
      if (context.req.method === "HEAD") await tellLength(context);
    } finally {
      observe(context, performance.now() - from);
    }
  };
}

function clientsTrace(context: AppContext): string | undefined {
  const given = context.req.header("traceparent");
  return given !== undefined && TRACEPARENT.test(given) ? given : undefined;
}

/** Sets the content length of a HEAD response, whose body Hono drops afterwards. Cancels an event stream, which has no length. */
async function tellLength(context: AppContext): Promise<void> {
  const { res } = context;
  if (res.body === null || res.headers.has("transfer-encoding")) return;
  if (isEventStream(res.headers)) return await res.body.cancel();
  const { byteLength } = await res.clone().arrayBuffer();
  res.headers.set("content-length", String(byteLength));
}
