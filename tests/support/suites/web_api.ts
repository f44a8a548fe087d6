import { createWebApi } from "@/adapters/http/web_api.ts";
import { createMemoryLastGood } from "@/adapters/memory/web/last_good.ts";
import { systemClock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { createRecorder } from "@/application/activity/recorder.ts";
import type { MessageBus } from "@/application/messaging/commands/bus.ts";
import { createIdempotency } from "@/application/messaging/commands/idempotency.ts";
import type { Clock } from "@/application/ports.ts";
import type { Recommendations, Trends, WebStore } from "@/application/storefront/ports.ts";
import { webBus, webSinks } from "@/services/web/app.ts";
import { SECRET } from "@/tests/support/http/cookies.ts";
import { TOKEN } from "./memory_suite.ts";
import { silent as logger } from "@/tests/support/samples.ts";

/** A clock that the test moves. */
export function handClock(now = systemClock.now()): Clock & { pass(milliseconds: number): void } {
  return {
    ...systemClock,
    now: () => now,
    pass: (milliseconds) => void (now += milliseconds),
  };
}

const down = () => Promise.reject(new Error("not here"));
type Around = {
  bus?: (inner: MessageBus) => MessageBus;
  trends?: Trends;
  recommendations?: Recommendations;
  /** The time until which unsigned cookies are accepted. */
  unsignedUntil?: number | undefined;
};

/**
 * The web service's API alone over a store: nothing is relayed or consumed, and what is recorded behind an answer is stored with it. `bus`: what stands before the real one. The other
 * services are down unless they are given.
 */
export function webApi(
  store: WebStore,
  clock: Clock,
  { bus = (inner) => inner, unsignedUntil, ...others }: Around = {},
) {
  const real = webBus({ store, clock, ids });
  const around = bus(real);
  const recorder = createRecorder({ bus: around, clock, logger });
  const api = createWebApi({
    bus: around,
    recorder,
    sinks: webSinks(real, { store, ids }),
    idempotency: createIdempotency({ uow: store.uow, clock, ids, logger }),
    store,
    trends: { books: down, queries: down },
    recommendations: { forReader: down, similarTo: down },
    ...others,
    lastGood: createMemoryLastGood(),
    adminToken: TOKEN,
    visitors: { secret: SECRET, readersPerClient: 10, unsignedUntil },
    ready: () => Promise.resolve({ ready: true, parts: {} }),
    clock,
    ids,
    logger,
  });
  return async (path: string, init: RequestInit = {}, client: { address?: string } = {}) => {
    const response = await api.request(path, init, client);
    await recorder.flush();
    return response;
  };
}
