import { OpenAPIHono } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import type { z } from "zod";
import { bodyLimit } from "hono/body-limit";
import { HTTPException } from "hono/http-exception";
import { methodNotAllowed } from "hono/method-not-allowed";
import { secureHeaders } from "hono/secure-headers";
import { Backlogged, messageOf, Unavailable } from "@/application/faults.ts";
import type { IdGenerator, Logger } from "@/application/ports.ts";
import { faultsOf } from "@/application/zod_faults.ts";
import { noTelemetry, type Telemetry } from "@/application/telemetry.ts";
import type { App, AppContext, Env } from "./app.ts";
import { identifyClient } from "./client_address.ts";
import { acceptsJson, checkJsonBody } from "./json_only.ts";
import { observe, routeOf } from "./observe.ts";
import { HttpProblem, pointers, type Problem, problemResponse } from "./problem.ts";

type Readiness = { ready: boolean; parts: Record<string, { ok: boolean; detail?: string | undefined }> };

/** What the settings say of a service's HTTP. */
export type HttpOptions = {
  /** Addresses and networks of the proxies that say who their client is. */
  trustedProxies?: readonly string[];
};

export type BaseDeps = {
  title: string;
  ids: IdGenerator;
  logger: Logger;
  /** `verbose`: with all that the parts know of themselves. */
  ready: (verbose: boolean) => Promise<Readiness>;
  telemetry?: Telemetry;
  http?: HttpOptions;
  /** Shows an error as a page where a page was asked for. */
  errorPage?: (problem: HttpProblem, context: AppContext) => Response | Promise<Response> | undefined;
};

const MAX_BODY_BYTES = 2 ** 20;
const CORRELATION = /^[\w.-]{1,64}$/;

/** An app with what every service answers alike: errors as problem details, limits, health, and its OpenAPI document. */
export function createBaseApp(deps: BaseDeps): App {
  const { ids, logger, errorPage, telemetry = noTelemetry, http = {} } = deps;
  const app: App = new OpenAPIHono<Env>({ defaultHook: refuseInvalid });
  const answer: Answer = async (problem, context) => await errorPage?.(problem, context) ?? problemResponse(problem);

  app.use(identifyClient(http.trustedProxies ?? []));
  app.use(observe(telemetry, logger));
  app.use(correlate(ids));
  app.use(SECURITY_HEADERS);
  limitRequests(app, answer);
  describeService(app, deps);
  app.notFound((context) =>
    answer(new HttpProblem(404, `there is nothing at ${context.req.path.slice(0, 200)}`), context)
  );
  app.onError((error, context) => answer(asProblem(error, context, logger), context));
  return app;
}

type Answer = (problem: HttpProblem, context: AppContext) => Promise<Response>;

/** Answers 422 for a request that does not match its schema, with all its faults. */
function refuseInvalid(result: { target: string } & ({ success: true } | { success: false; error: z.ZodError })): void {
  if (result.success) return;
  const faults = faultsOf(result.error);
  const errors: NonNullable<Problem["errors"]> = result.target === "json"
    ? pointers(faults)
    : faults.map(({ path, message }) => ({ parameter: path.join("."), detail: message }));
  const detail = errors.map((error) => `${error.parameter ?? error.pointer}: ${error.detail}`).join("; ");
  throw new HttpProblem(422, detail, { code: "invalid", errors });
}

/** Takes the client's correlation id or makes one, and answers with it. */
const correlate = (ids: IdGenerator): MiddlewareHandler<Env> => async (context, next) => {
  const given = context.req.header("x-correlation-id");
  const id = given !== undefined && CORRELATION.test(given) ? given : ids.fresh();
  context.set("correlationId", id);
  await next();
  context.header("x-correlation-id", id);
};

const SECURITY_HEADERS = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'self'"],
    frameAncestors: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
    objectSrc: ["'none'"],
  },
  referrerPolicy: "same-origin",
  strictTransportSecurity: false,
  crossOriginResourcePolicy: "same-origin",
});

/** Refuses methods that a path does not offer, bodies that are too large, and whatever is not JSON under `/v1/`. */
function limitRequests(app: App, answer: Answer): void {
  app.use(methodNotAllowed({
    app,
    onMethodNotAllowed: (context, methods) => {
      const allow = methods.join(", ");
      const detail = `${context.req.method} is not offered here, ${allow} is`;
      return answer(new HttpProblem(405, detail, { headers: { Allow: allow } }), context);
    },
  }));
  app.use(bodyLimit({
    maxSize: MAX_BODY_BYTES,
    onError: () => {
      throw new HttpProblem(413, `wanted a body of at most ${MAX_BODY_BYTES} bytes`);
    },
  }));
  app.use("/v1/*", acceptsJson, checkJsonBody);
}

/** How the service is, what it measures and what it offers. */
function describeService(app: App, { title, ready, telemetry: { exposition } = noTelemetry }: BaseDeps): void {
  app.get("/livez", (context) => context.json({ status: "alive" }));
  app.get("/readyz", async (context) => {
    const verbose = context.req.query("verbose") !== undefined;
    const { ready: isReady, parts } = await ready(verbose);
    const status = { status: isReady ? "ready" : "not ready" };
    return context.json(verbose ? { ...status, parts } : status, isReady ? 200 : 503);
  });
  if (exposition !== undefined) {
    app.get(
      "/metrics",
      async (context) => context.body(await exposition.text(), 200, { "content-type": exposition.type }),
    );
  }
  app.get("/openapi.json", (context) =>
    context.json(app.getOpenAPI31Document({
      openapi: "3.1.0",
      info: { title: `Bookstream ${title}`, version: "1.0.0" },
      servers: [{ url: "/" }],
    })));
  app.openAPIRegistry.registerComponent("securitySchemes", "adminToken", { type: "http", scheme: "bearer" });
}

function asProblem(error: unknown, context: AppContext, logger: Logger): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (error instanceof HTTPException && error.status < 500) {
    return new HttpProblem(error.status === 403 ? 403 : 400, error.message || undefined);
  }
  if (error instanceof URIError) return new HttpProblem(400, "the path is not percent-encoded UTF-8");
  const fields = {
    correlation: context.get("correlationId"),
    method: context.req.method,
    route: routeOf(context),
    reason: messageOf(error),
  };
  if (error instanceof Backlogged) {
    logger.warn("request-backlogged", fields);
    return new HttpProblem(503, error.message, { code: "backlog-full", headers: { "Retry-After": "10" } });
  }
  if (error instanceof Unavailable) {
    logger.warn("request-unavailable", fields);
    return new HttpProblem(503, "a part that is needed does not answer; try again", {
      headers: { "Retry-After": "1" },
    });
  }
  logger.error("request-failed", { ...fields, stack: error instanceof Error ? error.stack : undefined });
  return new HttpProblem(500);
}
