import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";

/** The other end of a connection, which may be a proxy: its IP address. */
export type Client = { address: string };

/** `traceparent`: the trace context of the request. `client`: who asks, behind trusted proxies. */
type Variables = {
  correlationId: string;
  traceparent?: string;
  client: { address: string; isSecure: boolean };
};
/** A request in a test may come without a client. */
export type Env = { Bindings: Partial<Client>; Variables: Variables };
export type App = OpenAPIHono<Env>;
export type AppContext = Context<Env>;

/** What answers the requests of a service. */
export type Fetch = (request: Request, client: Client) => Response | Promise<Response>;
