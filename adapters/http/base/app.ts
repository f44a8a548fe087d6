import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { Bill } from "@/adapters/http/base/limits/buckets.ts";
import type { Capacity } from "@/adapters/http/base/limits/capacity.ts";

/** The other end of a connection, which may be a proxy. */
export type Client = {
  /** Its IP address. */
  address: string;
  /** Whether it has closed the connection. */
  hasLeft?: () => boolean;
  /** The body as a stream. The Request's own body costs 50 µs and 10 kB more. */
  body?: () => AsyncIterable<Uint8Array>;
  /** Lets the body take long, as long as it comes at a pace. Missing where it has come in full. */
  allowLongBody?: () => void;
};

/** `traceparent`: the trace context of the request. `client`: who asks, behind trusted proxies. */
type Variables = {
  correlationId: string;
  traceparent?: string;
  client: { address: string; isSecure: boolean };
  capacity: Capacity;
  bill?: Bill;
};
/** A request in a test may come without a client. */
export type Env = { Bindings: Partial<Client>; Variables: Variables };
export type App = OpenAPIHono<Env>;
export type AppContext = Context<Env>;

/** What answers the requests of a service. */
export type Fetch = (request: Request, client: Client) => Response | Promise<Response>;
