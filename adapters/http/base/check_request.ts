import type { AppContext } from "./app.ts";
import { PROBES } from "./admit.ts";
import { hostName, isHost } from "./host.ts";
import { checkAccept, checkType } from "./json_only.ts";
import { routeOf, UNMATCHED } from "./observe.ts";
import { HttpProblem } from "./problem.ts";

/** Paths that are answered with a file or a stream, not with JSON. */
const OTHER_TYPES = /^\/v1\/(imports\/[^/]+\/rejects|trends\/stream)$/;

/** Refuses requests by their head. */
export function checkHead(context: AppContext, allowedHosts: readonly string[]): void {
  checkHost(context, allowedHosts);
  if (!context.req.path.startsWith("/v1/")) return;
  if (!OTHER_TYPES.test(context.req.path)) checkAccept(context);
  // An unknown method is 405 before its body is checked.
  if (routeOf(context) !== UNMATCHED) checkType(context);
}

/** If hosts are allowed by name, no others are served, except to probes. */
function checkHost({ req }: AppContext, allowed: readonly string[]): void {
  const host = req.header("host");
  if (host !== undefined && !isHost(host)) throw new HttpProblem(400, "Host: wanted host or host:port");
  if (allowed.length > 0 && !PROBES.has(req.path) && !allowed.includes(hostName(host ?? ""))) {
    throw new HttpProblem(421, "this host is not served here");
  }
}
