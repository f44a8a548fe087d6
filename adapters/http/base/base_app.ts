import { OpenAPIHono } from "@hono/zod-openapi";
import type { z } from "zod";
import { methodNotAllowed } from "hono/method-not-allowed";
import { secureHeaders } from "hono/secure-headers";
import type { IdGenerator, Logger } from "@/application/ports.ts";
import { faultsOf } from "@/application/zod_faults.ts";
import { noTelemetry } from "@/application/telemetry.ts";
import type { App, AppContext, Env } from "./app.ts";
import { asProblem } from "./as_problem.ts";
import { hasToken, isOfService, type Token } from "./auth.ts";
import { admit, isAdmittedByHead } from "./admit.ts";
import { CAPACITY, type CapacityLimits, createCapacity } from "./capacity.ts";
import { checkHead } from "./check_request.ts";
import { clientAddress, UNKNOWN } from "./client_address.ts";
import { describeService, type ServiceDescription } from "./describe_service.ts";
import { limitRates, type RateLimits } from "./limit_rates.ts";
import { CLIENT_STREAMS_MOST, limitStreams } from "./limit_streams.ts";
import { createMethodCheck, notOffered } from "./methods.ts";
import { observe } from "./observe.ts";
import { prepareRequest } from "./prepare.ts";
import { HttpProblem, pointers, type Problem, problemResponse } from "./problem.ts";

/** What the settings say of a service's HTTP. */
export type HttpOptions = {
  /** Addresses and networks of the proxies whose headers name the client. */
  trustedProxies?: readonly string[];
  /** Hosts that are served; all where none is named. */
  allowedHosts?: readonly string[];
  /** Requests wait for a minute where none is named, as in tests that have no process of their own. */
  capacity?: CapacityLimits;
  /** No limits where none are named. */
  rates?: RateLimits;
  /** Streams that one client follows at the same time. */
  streamsPerClient?: number;
  /** A monotonic clock of the rates, in milliseconds. */
  now?: () => number;
};

export type BaseDeps = ServiceDescription & {
  ids: IdGenerator;
  logger: Logger;
  http?: HttpOptions;
  adminToken?: Token;
  /** Opens what belongs to readers. */
  readersToken?: Token;
  /** The reader that a request is of. */
  readerOf?: (context: AppContext) => string | undefined;
  /** Renders an error as a page if the client wants HTML. */
  errorPage?: (problem: HttpProblem, context: AppContext) => Promise<Response | undefined>;
};

const PATIENT: CapacityLimits = { ...CAPACITY, longestWaitMs: 60_000 };

/** An app with the common parts of all services: problem details, limits, health, and the OpenAPI document. */
export function createBaseApp(deps: BaseDeps): App {
  const { ids, logger, errorPage, telemetry = noTelemetry, http = {} } = deps;
  const capacity = createCapacity(http.capacity ?? PATIENT, telemetry.meter);
  const app: App = new OpenAPIHono<Env>({ defaultHook: refuseInvalid });
  const answer: Answer = async (problem, context) => await errorPage?.(problem, context) ?? problemResponse(problem);

  app.use(prepareRequest({ ids, capacity, trustedProxies: http.trustedProxies ?? [] }));
  app.use(observe(telemetry, logger));
  app.use(SECURITY_HEADERS);
  checkRequests(app, deps, answer);
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

/** Refuses requests by their head, the cheapest checks first, and admits the others up to the capacity. */
function checkRequests(app: App, { http = {}, adminToken, readersToken, readerOf }: BaseDeps, answer: Answer): void {
  const { rates = {}, streamsPerClient = CLIENT_STREAMS_MOST, allowedHosts = [], now } = http;
  const isFree = (context: AppContext) => hasToken(context, adminToken) || isOfService(context, adminToken);
  const isSystem = (context: AppContext) => hasToken(context, readersToken);
  app.use(limitRates({ rates, isFree, isSystem, readerOf, now }));
  app.use(limitStreams({ most: streamsPerClient, isFree: (context) => isFree(context) || isSystem(context) }));
  app.use(methodNotAllowed({
    app,
    onMethodNotAllowed: (context, methods) => answer(notOffered(context, methods), context),
  }));
  const checkMethod = createMethodCheck(app);
  app.use(async (context, next) => {
    checkMethod(context);
    // Services ask each other by names of their own.
    const isOurs = isFree(context) || isSystem(context) || clientAddress(context) === UNKNOWN;
    checkHead(context, isOurs ? [] : allowedHosts);
    if (isAdmittedByHead(context)) await admit(context, next);
    else await next();
  });
}
