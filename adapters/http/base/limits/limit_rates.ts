import type { AppContext } from "@/adapters/http/base/app.ts";
import { PROBES } from "./admit.ts";
import { type Bill, type Buckets, createBuckets, type Quota, type Rate } from "./buckets.ts";
import { clientAddress, UNKNOWN } from "./client_address.ts";
import { HttpProblem } from "@/adapters/http/base/problems/problem.ts";

/** The rates of one client, of one reader, and of all clients with the readers' token together. */
export type RateLimits = { client?: Rate | undefined; reader?: Rate | undefined; token?: Rate | undefined };

type LimitDeps = {
  rates: RateLimits;
  readerOf?: ((context: AppContext) => string | undefined) | undefined;
  now?: (() => number) | undefined;
};
type Policy = { name: string; text: string; buckets: Buckets; keyOf: (context: AppContext) => string | undefined };

/** The files that every page loads. They cost no tokens. */
const ASSETS = "/assets/";

/**
 * Creates rate limits per client and per reader by token buckets, with headers (draft-ietf-httpapi-ratelimit-headers-11). A request
 * takes a token; `charge` takes more for an expensive one. `isSystem`: it comes from a system that acts for many readers.
 */
export function createRateLimits(
  { rates, readerOf = () => undefined, now }: LimitDeps,
): (context: AppContext, isSystem: boolean) => void {
  const policyOf = (name: string, rate: Rate | undefined, keyOf: Policy["keyOf"]): Policy[] =>
    rate === undefined ? [] : [{
      name,
      text: `"${name}";q=${rate.burst};w=${Math.ceil(rate.burst / rate.perSecond)}`,
      buckets: createBuckets(rate, now),
      keyOf,
    }];
  const ofPeople = [...policyOf("client", rates.client, clientAddress), ...policyOf("reader", rates.reader, readerOf)];
  const ofSystems = policyOf("token", rates.token, () => "readers");
  return (context, isSystem) => {
    const { path } = context.req;
    const policies = isSystem ? ofSystems : ofPeople;
    if (policies.length === 0 || clientAddress(context) === UNKNOWN) return;
    if (PROBES.has(path) || path.startsWith(ASSETS)) return;
    const bill = openBill(policies, context);
    context.set("bill", bill);
    bill.charge(1);
  };
}

function openBill(policies: Policy[], context: AppContext): Bill {
  const keyed = policies.flatMap(({ name, text, buckets, keyOf }) => {
    const key = keyOf(context);
    return key === undefined ? [] : [{ name, text, buckets, key }];
  });
  let states: (Pick<Policy, "name" | "text"> & Quota)[] = [];
  return {
    charge(tokens) {
      states = keyed.map(({ name, text, buckets, key }) => ({ name, text, ...buckets.take(key, tokens) }));
      const refused = states.find(({ isRefused }) => isRefused);
      if (refused === undefined) return;
      throw new HttpProblem(429, `too many requests of one ${refused.name}; try again in ${refused.seconds} s`, {
        headers: { "Retry-After": String(Math.max(1, refused.seconds)) },
      });
    },
    headers: () => [
      ["ratelimit-policy", states.map(({ text }) => text).join(", ")],
      ["ratelimit", states.map(({ name, remaining, seconds }) => `"${name}";r=${remaining};t=${seconds}`).join(", ")],
    ],
  };
}

/** Takes more tokens for the current request. Answers 429 when there are not enough. */
export const charge = (context: AppContext, tokens: number): void => context.get("bill")?.charge(tokens);
