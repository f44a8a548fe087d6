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

/** The HTTP settings of a service. */
export type HttpOptions = {
  /** The addresses and networks of proxies whose headers name the client. */
  trustedProxies?: readonly string[];
  /** The hosts that are served. All are served when it is empty. */
  allowedHosts?: readonly string[];
  /** Without it requests wait up to a minute, for tests that share their process. */
  capacity?: CapacityLimits;
  /** Without it there are no limits. */
  rates?: RateLimits;
  /** How many streams one client may follow at once. */
  streamsPerClient?: number;
  /** The monotonic clock of the rate limits, in milliseconds. */
  now?: () => number;
};

export type BaseDeps = ServiceDescription & {
  ids: IdGenerator;
  logger: Logger;
  http?: HttpOptions;
  adminToken?: Token;
  /** The token that grants access to all readers' data. */
  readersToken?: Token;
  /** Returns the reader of a request. */
  readerOf?: (context: AppContext) => string | undefined;
  /** Renders an error as a page when the client wants HTML. */
  errorPage?: (problem: HttpProblem, context: AppContext) => Promise<Response | undefined>;
};

const PATIENT: CapacityLimits = { ...CAPACITY, longestWaitMs: 60_000 };

/** Creates an app with the parts that all services share: problem details, limits, health, and the OpenAPI document. */
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
