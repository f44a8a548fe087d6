import type { MiddlewareHandler } from "hono";
import type { IdGenerator } from "@/application/ports.ts";
import type { AppContext, Env } from "./app.ts";
import type { Capacity } from "./capacity.ts";
import { clientFinder } from "./client_address.ts";
import { isEventStream } from "./event_stream.ts";

type PrepareDeps = { ids: IdGenerator; capacity: Capacity; trustedProxies: readonly string[] };

const CORRELATION = /^[\w.-]{1,64}$/;

/**
 * What every request gets: who asks, and a correlation id, the client's or a new one. What every answer gets: that id, and for HEAD
 * the length that GET has.
 */
export function prepareRequest({ ids, capacity, trustedProxies }: PrepareDeps): MiddlewareHandler<Env> {
  const findClient = clientFinder(trustedProxies);
  return async (context, next) => {
    const given = context.req.header("x-correlation-id");
    const id = given !== undefined && CORRELATION.test(given) ? given : ids.fresh();
    context.set("correlationId", id);
    context.set("client", findClient(context));
    context.set("capacity", capacity);
    await next();
    // Hono's own context.header() copies a finished response, with its body as a stream, each time.
    context.res.headers.set("x-correlation-id", id);
    if (context.req.method === "HEAD") await tellLength(context);
  };
}

/** Hono drops the body of HEAD after this. A stream has no length, and nobody will read the one of events to its end. */
async function tellLength(context: AppContext): Promise<void> {
  const { res } = context;
  if (res.body === null || res.headers.has("transfer-encoding")) return;
  if (isEventStream(res.headers)) return await res.body.cancel();
  const { byteLength } = await res.clone().arrayBuffer();
  res.headers.set("content-length", String(byteLength));
}
