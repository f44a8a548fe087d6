import { createMemoryLastGood } from "@/adapters/memory/web/last_good.ts";
import { createMemoryRecommendations, createMemoryTrends } from "@/adapters/memory/web/storefront.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import type { EventLog } from "@/application/messaging/wire/event_log.ts";
import type { LogHistory } from "@/application/messaging/rebuild/ports.ts";
import type { RecommendationStore } from "@/application/recommendation/ports.ts";
import type { TrendStore } from "@/application/trend/ports.ts";
import type { WebStore } from "@/application/storefront/ports.ts";
import { openAdapters } from "@/services/shared/adapters/open_adapters.ts";
import { startRecommendation } from "@/services/recommendation/app.ts";
import { readSettings } from "@/services/settings/settings.ts";
import { startTrend } from "@/services/trend/app.ts";
import { startWeb } from "@/services/web/app.ts";
import { TOKEN } from "./memory_suite.ts";
import { silent as logger } from "@/tests/support/samples.ts";

export type OpenSuite = {
  stores: { web: WebStore; trend: TrendStore; recommendation: RecommendationStore };
  log: EventLog & LogHistory & { close(): Promise<void> };
  close(): Promise<void>;
};

/** The stores and the log that the settings ask for. */
export async function openSuite(env: Record<string, string>): Promise<OpenSuite> {
  const adapters = openAdapters(readSettings(env, []), logger);
  const stores = {
    web: await adapters.web(),
    trend: await adapters.trend(),
    recommendation: await adapters.recommendation(),
  };
  const log = await adapters.log();
  return {
    stores,
    log,
    async close() {
      await log.close();
      for (const store of Object.values(stores)) await store.close();
    },
  };
}

/** The services of an open suite, each started on first use, called without a socket. */
export const servicesOf = ({ stores, log }: OpenSuite) => {
  const rest = { log, clock, ids, logger };
  return {
    web: (role: "all" | "api") =>
      startWeb({
        store: stores.web,
        trends: createMemoryTrends({}),
        recommendations: createMemoryRecommendations({ readers: new Map(), books: new Map() }),
        lastGood: createMemoryLastGood(),
        adminToken: TOKEN,
        role,
        ...rest,
      }),
    trend: (role: "all" | "api" = "all") => startTrend({ store: stores.trend, leastReaders: 1, role, ...rest }),
    recommendation: (role: "all" | "api" = "all") =>
      startRecommendation({ store: stores.recommendation, adminToken: TOKEN, role, ...rest }),
  };
};

export type App = { fetch(request: Request): Response | Promise<Response> };
/** Calls a service; throws when the answer is no success. */
export async function ask(app: App, path: string, init: RequestInit = {}): Promise<unknown> {
  const response = await app.fetch(new Request(`http://suite.test${path}`, init));
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  return text === "" ? undefined : JSON.parse(text);
}
