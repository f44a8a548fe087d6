import type { MiddlewareHandler } from "hono";
import type { App, AppContext, Env } from "./app.ts";
import { admit, isAdmittedByHead, PROBES } from "@/adapters/http/base/limits/admit.ts";
import { hasToken, isOfService, type Token } from "@/adapters/http/base/security/auth.ts";
import { clientAddress, UNKNOWN } from "@/adapters/http/base/limits/client_address.ts";
import { hostName, isHost } from "@/adapters/http/base/security/host.ts";
import { checkAccept, checkType } from "@/adapters/http/base/content/json_only.ts";
import { createRateLimits, type RateLimits } from "@/adapters/http/base/limits/limit_rates.ts";
import { createStreamLimit, isForStream } from "@/adapters/http/base/limits/limit_streams.ts";
import { createMethodCheck } from "./methods.ts";
import { routeOf, UNMATCHED } from "./observe.ts";
import { HttpProblem } from "@/adapters/http/base/problems/problem.ts";
import { createQueryCheck } from "./queries.ts";

type CheckDeps = {
  rates: RateLimits;
  streamsPerClient: number;
  allowedHosts: readonly string[];
  now?: (() => number) | undefined;
  adminToken?: Token | undefined;
  readersToken?: Token | undefined;
  readerOf?: ((context: AppContext) => string | undefined) | undefined;
};

/** Creates the middleware that refuses requests by their head, cheapest checks first, and admits the others up to the capacity. */
export function checkRequest(app: App, deps: CheckDeps): MiddlewareHandler<Env> {
  const { adminToken, readersToken, streamsPerClient, allowedHosts } = deps;
  const [chargeRate, limitStream] = [createRateLimits(deps), createStreamLimit(streamsPerClient)];
  const [checkMethod, checkQuery] = [createMethodCheck(app), createQueryCheck(app)];
  return async (context, next) => {
    const isFree = hasToken(context, adminToken) || isOfService(context, adminToken);
    const isSystem = !isFree && hasToken(context, readersToken);
    if (!isFree) chargeRate(context, isSystem);
    checkMethod(context);
    // Services of the deployment may use internal host names.
    const isOurs = isFree || isSystem || clientAddress(context) === UNKNOWN;
    checkHead(context, isOurs ? [] : allowedHosts);
    checkQuery(context);
    if (!isAdmittedByHead(context)) await next();
    else if (isForStream(context)) await limitStream(context, isFree || isSystem, () => admit(context, next));
    else await admit(context, next);
  };
}

/** The API paths whose responses are not JSON but a file or a stream. */
const OTHER_TYPES = /^\/v1\/(imports\/[^/]+\/rejects|trends\/stream)$/;

/** Refuses requests by their head. */
function checkHead(context: AppContext, allowedHosts: readonly string[]): void {
  checkHost(context, allowedHosts);
  if (!context.req.path.startsWith("/v1/")) return;
  if (!OTHER_TYPES.test(context.req.path)) checkAccept(context);
  // Skips unmatched methods, which are answered 405.
  if (routeOf(context) !== UNMATCHED) checkType(context);
}

/** Refuses an invalid host, and any host that is not in a non-empty list of allowed hosts. Probes are always served. */
function checkHost({ req }: AppContext, allowed: readonly string[]): void {
  const host = req.header("host");
  if (host !== undefined && !isHost(host)) throw new HttpProblem(400, "Host: wanted host or host:port");
  if (allowed.length > 0 && !PROBES.has(req.path) && !allowed.includes(hostName(host ?? ""))) {
    throw new HttpProblem(421, "this host is not served here");
  }
}
