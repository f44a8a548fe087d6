import { createMemoryLog } from "@/adapters/memory/messaging/event_log.ts";
import { createMemoryRecommendationStore } from "@/adapters/memory/recommendation/recommendation_store.ts";
import { createMemoryTrendStore } from "@/adapters/memory/trend/trend_store.ts";
import { createMemoryWebStore } from "@/adapters/memory/web/web_store.ts";
import { createMeter } from "@/adapters/prometheus/meter.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import type { EventLog } from "@/application/messaging/wire/event_log.ts";
import type { LogHistory } from "@/application/messaging/rebuild/ports.ts";
import { defined } from "@/application/defined.ts";
import { noTracer } from "@/application/shared/observability/tracing.ts";
import { startSuite } from "@/services/suite/app.ts";
import { SECRET } from "@/tests/support/http/cookies.ts";
import { silent as logger } from "@/tests/support/samples.ts";

export const TOKEN = "a-token-for-tests-only";

/** The whole suite on the memory adapters, with requests that need no socket; over another log where one is given. */
export async function memorySuite(
  { leastReaders = 1, readersToken, importFolder, log = createMemoryLog({ now: () => Date.now() }) }: {
    importFolder?: string;
    leastReaders?: number;
    readersToken?: string;
    log?: EventLog & LogHistory;
  } = {},
) {
  const stores = {
    web: createMemoryWebStore(),
    trend: createMemoryTrendStore(),
    recommendation: createMemoryRecommendationStore(),
  };
  await stores.web.deployment.agreeOn("secret", SECRET);
  const telemetry = () => ({ ...createMeter(clock), tracer: noTracer });
  const suite = await startSuite({
    stores,
    log,
    leastReaders,
    adminToken: TOKEN,
    ...defined({ readersToken, importFolder }),
    clock,
    ids,
    logger,
    telemetry,
  });
  const ask =
    (app: { fetch(request: Request): Response | Promise<Response> }) => async (path: string, init: RequestInit = {}) =>
      await app.fetch(new Request(`http://suite.test${path}`, init));
  return {
    ...suite,
    stores,
    log,
    bus: suite.web,
    asks: { web: ask(suite.web), trend: ask(suite.trend), recommendation: ask(suite.recommendation) },
  };
}

/** A suite with a folder of its own for imports, which `stop` removes. */
export async function importingSuite() {
  const folder = await Deno.makeTempDir();
  const suite = await memorySuite({ importFolder: folder });
  return {
    ...suite,
    folder,
    async stop(): Promise<void> {
      await suite.stop();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** A request with the admin token. */
export const AS_ADMIN: RequestInit = { headers: { authorization: `Bearer ${TOKEN}` } };

/** A request with a JSON body and, unless it says otherwise, the admin token. */
export function sending(method: string, body: unknown, headers: Record<string, string> = {}): RequestInit {
  return {
    method,
    body: typeof body === "string" || body instanceof Uint8Array ? body as BodyInit : JSON.stringify(body),
    headers: { "content-type": "application/json", authorization: `Bearer ${TOKEN}`, ...headers },
  };
}
