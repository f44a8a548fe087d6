import { getCookie, setCookie } from "hono/cookie";
import { readerIdFault } from "@/domain/activity/act.ts";
import { DAY } from "@/domain/hours.ts";
import type { IdGenerator } from "@/application/ports.ts";
import type { AppContext } from "@/adapters/http/base/app.ts";
import { isSecure } from "@/adapters/http/base/client_address.ts";

const COOKIE = "reader";
const COOKIE_AGE_S = 365 * DAY / 1_000;

/** The reader that the request's cookie names, if it names one. */
export function readerOf(context: AppContext): string | undefined {
  const id = getCookie(context, COOKIE);
  return id !== undefined && readerIdFault(id) === undefined ? id : undefined;
}

/** The reader of a page. A request without one gets a new, random id; only pages give ids. */
export function readerOfPage(context: AppContext, ids: IdGenerator): string {
  const known = readerOf(context);
  if (known !== undefined) return known;
  const id = ids.random();
  setCookie(context, COOKIE, id, {
    httpOnly: true,
    sameSite: "Lax",
    path: "/",
    maxAge: COOKIE_AGE_S,
    secure: isSecure(context),
  });
  return id;
}

export const forgetReader = (context: AppContext): void =>
  setCookie(context, COOKIE, "", { path: "/", maxAge: 0, httpOnly: true, sameSite: "Lax" });

const CRAWLER = /bot\b|crawl|spider|slurp|preview|facebookexternalhit|monitor|headlesschrome-lighthouse/i;

/** Whether a person asks: not HEAD, no prefetch, and no crawler that names itself. */
export function isPerson(context: AppContext): boolean {
  const prefetch = `${context.req.header("sec-purpose") ?? ""} ${context.req.header("purpose") ?? ""}`.includes(
    "prefetch",
  );
  return context.req.method !== "HEAD" && !prefetch && !CRAWLER.test(context.req.header("user-agent") ?? "");
}
