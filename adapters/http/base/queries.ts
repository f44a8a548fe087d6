import { z } from "zod";
import { nearestName } from "@/domain/catalog/spelling/nearest_name.ts";
import type { App, AppContext } from "./app.ts";
import { routeOf } from "./observe.ts";
import { type HttpProblem, invalid } from "@/adapters/http/base/problems/problem.ts";

/** A name with more typing errors than this is not suggested. */
const MAX_SLIPS = 2;
const MAX_FAULTS = 10;

/**
 * Creates a check that answers 422 for repeated query parameters, and for unknown ones of a documented route: `?dryrun=true` must
 * not run the real command. Pages are not documented, and ignore parameters that others add to links.
 */
export function createQueryCheck(app: App): (context: AppContext) => void {
  let known: Map<string, string[]> | undefined;
  return (context) => {
    const { method, url } = context.req;
    const from = url.indexOf("?");
    if (from < 0) return;
    const names = [...new URLSearchParams(url.slice(from)).keys()];
    const seen = new Set<string>();
    const repeated = names.find((name) => seen.size === seen.add(name).size);
    if (repeated !== undefined) throw refused([{ name: repeated, detail: "wanted once, found more often" }]);
    known ??= parametersByRoute(app);
    const wanted = known.get(`${method === "HEAD" ? "GET" : method} ${routeOf(context)}`);
    if (wanted === undefined) return;
    const unknown = names.filter((name) => !wanted.includes(name)).slice(0, MAX_FAULTS);
    if (unknown.length > 0) throw refused(unknown.map((name) => ({ name, detail: adviceOn(name, wanted) })));
  };
}

/** Returns the query parameters of each documented route, by method and pattern. */
function parametersByRoute({ openAPIRegistry }: App): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const definition of openAPIRegistry.definitions) {
    if (definition.type !== "route") continue;
    const { method, path, request } = definition.route;
    const query = request?.query;
    if (query !== undefined && !(query instanceof z.ZodObject)) throw new TypeError(`${path}: the query is no object`);
    found.set(`${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ":$1")}`, Object.keys(query?.shape ?? {}));
  }
  return found;
}

function adviceOn(name: string, wanted: readonly string[]): string {
  if (wanted.length === 0) return "no such parameter, wanted none";
  // A name of one letter is one typing error away from any other, so short names allow fewer errors.
  const meant = nearestName(name, wanted, Math.min(MAX_SLIPS, Math.floor(name.length / 2)));
  const guess = meant === undefined ? "" : `; did you mean ${meant}?`;
  return `no such parameter, wanted one of ${wanted.join(", ")}${guess}`;
}

const refused = (faults: { name: string; detail: string }[]): HttpProblem =>
  invalid(faults.map(({ name, detail }) => ({ parameter: name.slice(0, 100), detail })));
