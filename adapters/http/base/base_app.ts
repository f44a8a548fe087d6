import { OpenAPIHono } from "@hono/zod-openapi";
import type { IdGenerator, Logger } from "@/application/ports.ts";
import { noTelemetry } from "@/application/shared/observability/telemetry.ts";
import type { App, AppContext, Env } from "./app.ts";
import { asProblem } from "@/adapters/http/base/problems/as_problem.ts";
import type { Token } from "@/adapters/http/base/security/auth.ts";
import { CAPACITY, type CapacityLimits, createCapacity } from "@/adapters/http/base/limits/capacity.ts";
import { checkRequest } from "./check_request.ts";
import { describeService, type ServiceDescription } from "@/adapters/http/base/describe/describe_service.tsx";
import type { RateLimits } from "@/adapters/http/base/limits/limit_rates.ts";
import { CLIENT_STREAMS_MOST } from "@/adapters/http/base/limits/limit_streams.ts";
import { nothingAt } from "./methods.ts";
import { prepareRequest } from "./prepare.ts";
import { type HttpProblem, problemResponse } from "@/adapters/http/base/problems/problem.ts";
import { refuseInvalid } from "./refuse_invalid.ts";
import { RouterByMethod } from "./router_by_method.ts";

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
  const { trustedProxies = [], allowedHosts = [], rates = {}, streamsPerClient = CLIENT_STREAMS_MOST, now } = http;
  const capacity = createCapacity(http.capacity ?? PATIENT, telemetry.meter);
  const app: App = new OpenAPIHono<Env>({ defaultHook: refuseInvalid, router: new RouterByMethod() });
  const answer = async (problem: HttpProblem, context: AppContext) =>
    await errorPage?.(problem, context) ?? problemResponse(problem);

  app.use(prepareRequest({ ids, capacity, trustedProxies, telemetry, logger }));
  app.use(checkRequest(app, { ...deps, rates, streamsPerClient, allowedHosts, now }));
  describeService(app, deps);
  app.notFound((context) => answer(nothingAt(context, app), context));
  app.onError((error, context) => answer(asProblem(error, context, logger), context));
  return app;
}
