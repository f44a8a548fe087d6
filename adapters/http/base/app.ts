import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";

/** `traceparent`: the trace context of the request. */
export type Variables = { correlationId: string; traceparent?: string };
export type App = OpenAPIHono<{ Variables: Variables }>;
export type AppContext = Context<{ Variables: Variables }>;
