import type { App, AppContext } from "./app.ts";
import { HttpProblem } from "@/adapters/http/base/problems/problem.ts";

/** Returns 405 with the allowed methods. */
function notOffered({ req }: AppContext, methods: readonly string[]): HttpProblem {
  const allow = methods.join(", ");
  return new HttpProblem(405, `wanted ${methods.join(" or ")}, found ${req.method}`, { headers: { Allow: allow } });
}

/**
 * Creates a check that answers 405 for a method that a path without parameters does not have. `GET dead-letters/replay` would
 * otherwise match `dead-letters/{id}`.
 */
export function createMethodCheck(app: App): (context: AppContext) => void {
  let offered: Map<string, Set<string>> | undefined;
  return (context) => {
    offered ??= methodsByPath(app);
    const { method, path } = context.req;
    const methods = offered.get(path);
    if (methods !== undefined && !methods.has(method)) throw notOffered(context, [...methods]);
  };
}

const METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE"];

/** Returns 404 for a path without a route, and 405 for a path that has one for another method. */
export function nothingAt(context: AppContext, { router }: App): HttpProblem {
  const { path } = context.req;
  const isOffered = (method: string) =>
    router.match(method === "HEAD" ? "GET" : method, path)[0].some(([[, route]]) => route.method !== "ALL");
  const methods = METHODS.filter(isOffered);
  return methods.length === 0
    ? new HttpProblem(404, `there is nothing at ${path.slice(0, 200)}`)
    : notOffered(context, methods);
}

function methodsByPath({ routes }: App): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const { method, path } of routes) {
    if (method === "ALL" || /[:*]/.test(path)) continue;
    const methods = found.get(path) ?? new Set();
    found.set(path, methods.add(method));
    if (method === "GET") methods.add("HEAD");
  }
  return found;
}
