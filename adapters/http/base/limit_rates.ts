import type { MiddlewareHandler } from "hono";
import type { AppContext, Env } from "./app.ts";
import { PROBES } from "./admit.ts";
import { type Bill, type Buckets, createBuckets, type Quota, type Rate } from "./buckets.ts";
import { clientAddress, UNKNOWN } from "./client_address.ts";
import { HttpProblem } from "./problem.ts";

/** The rates of one client, of one reader, and of all clients with the readers' token. */
export type RateLimits = { client?: Rate | undefined; reader?: Rate | undefined; token?: Rate | undefined };

type LimitDeps = {
  rates: RateLimits;
  /** Whether the request has no rate limit. */
  isFree: (context: AppContext) => boolean;
  /** Whether it comes from a system that acts for many readers. */
  isSystem?: (context: AppContext) => boolean;
  readerOf?: ((context: AppContext) => string | undefined) | undefined;
  now?: (() => number) | undefined;
};
type Policy = { name: string; text: string; buckets: Buckets; keyOf: (context: AppContext) => string | undefined };

/** Files that every page loads. They cost no tokens. */
const ASSETS = "/assets/";

/**
 * Limits how much each client and each reader asks, by token buckets, and says so in every answer
 * (draft-ietf-httpapi-ratelimit-headers-11). A request takes a token; `charge` takes more for one that is more work.
 */
export function limitRates(
  { rates, isFree, isSystem = () => false, readerOf = () => undefined, now }: LimitDeps,
): MiddlewareHandler<Env> {
  const policyOf = (name: string, rate: Rate | undefined, keyOf: Policy["keyOf"]): Policy[] =>
    rate === undefined ? [] : [{
      name,
      text: `"${name}";q=${rate.burst};w=${Math.ceil(rate.burst / rate.perSecond)}`,
      buckets: createBuckets(rate, now),
      keyOf,
    }];
  const ofPeople = [...policyOf("client", rates.client, clientAddress), ...policyOf("reader", rates.reader, readerOf)];
  const ofSystems = policyOf("token", rates.token, () => "readers");
  return async (context, next) => {
    const { path } = context.req;
    const isLimited = !PROBES.has(path) && !path.startsWith(ASSETS) &&
      clientAddress(context) !== UNKNOWN && !isFree(context);
    if (!isLimited) return await next();
    const policies = isSystem(context) ? ofSystems : ofPeople;
    if (policies.length === 0) return await next();
    const bill = openBill(policies, context);
    context.set("bill", bill);
    bill.charge(1);
    await next();
    for (const [name, value] of Object.entries(bill.headers())) context.res.headers.set(name, value);
  };
}

function openBill(policies: Policy[], context: AppContext): Bill {
  const keyed = policies.map((policy) => ({ ...policy, key: policy.keyOf(context) }));
  let headers: Record<string, string> = {};
  return {
    charge(tokens) {
      const states = keyed.flatMap(({ key, buckets, ...policy }) =>
        key === undefined ? [] : [{ ...policy, ...buckets.take(key, tokens) }]
      );
      headers = headersOf(states);
      const refused = states.find(({ isRefused }) => isRefused);
      if (refused === undefined) return;
      throw new HttpProblem(429, `too many requests of one ${refused.name}; try again in ${refused.seconds} s`, {
        headers: { ...headers, "Retry-After": String(Math.max(1, refused.seconds)) },
      });
    },
    headers: () => headers,
  };
}

const headersOf = (states: (Pick<Policy, "name" | "text"> & Quota)[]): Record<string, string> => ({
  "RateLimit-Policy": states.map(({ text }) => text).join(", "),
  "RateLimit": states.map(({ name, remaining, seconds }) => `"${name}";r=${remaining};t=${seconds}`).join(", "),
});

/** Takes more tokens for the current request. Answers 429 when there are not enough. */
export const charge = (context: AppContext, tokens: number): void => context.get("bill")?.charge(tokens);
