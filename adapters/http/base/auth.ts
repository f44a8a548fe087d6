import { timingSafeEqual } from "node:crypto";
import type { AppContext } from "./app.ts";
import { HttpProblem } from "./problem.ts";

const encoder = new TextEncoder();

/** Whether the request carries the admin token. Compared in constant time. */
export function hasToken(context: AppContext, token: string | undefined): boolean {
  const given = /^Bearer (.+)$/i.exec(context.req.header("authorization") ?? "")?.[1];
  if (given === undefined || token === undefined) return false;
  const [a, b] = [encoder.encode(given), encoder.encode(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Answers 401 without the right token, 403 where none is configured. */
export function needToken(context: AppContext, token: string | undefined): void {
  if (token === undefined) throw new HttpProblem(403, "writes are refused: no ADMIN_TOKEN is configured");
  if (hasToken(context, token)) return;
  throw new HttpProblem(401, "wanted Authorization: Bearer ADMIN_TOKEN", {
    headers: { "WWW-Authenticate": 'Bearer realm="bookstream"' },
  });
}
