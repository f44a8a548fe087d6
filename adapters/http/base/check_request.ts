import type { AppContext } from "./app.ts";
import { PROBES } from "./admit.ts";
import { hostName, isHost } from "./host.ts";
import { checkAccept, checkType } from "./json_only.ts";
import { routeOf, UNMATCHED } from "./observe.ts";
import { HttpProblem } from "./problem.ts";

/** What is answered with a file or a stream, and not with JSON. */
const OTHER_TYPES = /^\/v1\/(imports\/[^/]+\/rejects|trends\/stream)$/;

/** Refuses what can be refused by the head of a request. */
export function checkHead(context: AppContext, allowedHosts: readonly string[]): void {
  checkHost(context, allowedHosts);
  checkQuery(context);
  if (!context.req.path.startsWith("/v1/")) return;
  if (!OTHER_TYPES.test(context.req.path)) checkAccept(context);
  // An unknown method is 405 before its body is checked.
  if (routeOf(context) !== UNMATCHED) checkType(context);
}

/** Where some hosts are allowed, no other is served. Probes may come by any name. */
function checkHost({ req }: AppContext, allowed: readonly string[]): void {
  const host = req.header("host");
  if (host !== undefined && !isHost(host)) throw new HttpProblem(400, "Host: wanted host or host:port");
  if (allowed.length > 0 && !PROBES.has(req.path) && !allowed.includes(hostName(host ?? ""))) {
    throw new HttpProblem(421, "this host is not served here");
  }
}

/** A parameter that is given twice would mean the first to one reader and the last to another. */
function checkQuery({ req }: AppContext): void {
  const from = req.url.indexOf("?");
  if (from < 0 || !req.url.includes("&", from)) return;
  const names = [...new URLSearchParams(req.url.slice(from)).keys()];
  const repeated = names.find((name, at) => names.indexOf(name) !== at)?.slice(0, 100);
  if (repeated === undefined) return;
  const detail = "wanted once, found more often";
  throw new HttpProblem(422, `${repeated}: ${detail}`, {
    code: "invalid",
    errors: [{ parameter: repeated, detail }],
  });
}
