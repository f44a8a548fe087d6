import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { Bill } from "@/adapters/http/base/limits/buckets.ts";
import type { Capacity } from "@/adapters/http/base/limits/capacity.ts";

/** The peer of a connection, a client or a proxy. */
export type Client = {
  /** Its IP address. */
  address: string;
  /** Whether it has closed the connection. */
  hasLeft?: () => boolean;
  /** Reads the body. The Request's own body costs 50 µs and 10 kB more. */
  body?: () => AsyncIterable<Uint8Array>;
  /** Lifts the body's deadline while it arrives at a minimum rate. Missing when the body is complete. */
  allowLongBody?: () => void;
};

/** `traceparent`: the trace context of the request. `client`: the client behind trusted proxies. */
type Variables = {
  correlationId: string;
  traceparent?: string;
  client: { address: string; isSecure: boolean };
  capacity: Capacity;
  bill?: Bill;
};
/** Requests of tests may have no client. */
export type Env = { Bindings: Partial<Client>; Variables: Variables };
export type App = OpenAPIHono<Env>;
export type AppContext = Context<Env>;

/** Answers the requests of a service. */
export type Fetch = (request: Request, client: Client) => Response | Promise<Response>;
