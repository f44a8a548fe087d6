/** The worker thread of trend's and recommendation's consumers, so that the thread that answers requests never waits for them. */
import { expose } from "comlink";
import { createMeter } from "@/adapters/prometheus/meter.ts";
import { linkThread } from "@/adapters/sqlite/connection/commit_signal.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { createLogger } from "@/adapters/system/logger.ts";
import { startRecommendationConsumer } from "@/services/recommendation/app.ts";
import { retentionOf } from "@/services/retention.ts";
import type { Settings } from "@/services/settings/settings.ts";
import { openAdapters } from "@/services/shared/adapters/open_adapters.ts";
import { logRuntime } from "@/services/shared/process/runtime_lines.ts";
import { tracerOf } from "@/services/shared/process/telemetry.ts";
import { startTrendConsumer } from "@/services/trend/app.ts";

type Started = Awaited<ReturnType<typeof startAll>>;
export type Projection = "trend" | "recommendation";
const faulted = Promise.withResolvers<void>();
let started: Started | undefined;

/** The calls that the main thread may make. */
const calls = {
  /**
   * Opens the log and the stores, and starts the consumers. `commits`: the port by which the threads tell each other of commits.
   * Returns the names of each consumer's readiness checks.
   */
  async start(settings: Settings, commits: MessagePort): Promise<Record<Projection, string[]>> {
    linkThread(commits);
    const { consumers: { trend, recommendation } } = started = await startAll(settings);
    return { trend: Object.keys(trend.checks), recommendation: Object.keys(recommendation.checks) };
  },
  /** Resolves after an uncaught error was logged. */
  faulted: () => faulted.promise,
  joined: async (name: Projection) => void await of(name).joined,
  handled: (name: Projection) => of(name).handled(),
  check: async (name: Projection, part: string, verbose: boolean) => await of(name).checks[part]!(verbose),
  measurements: (name: Projection) => started?.meters[name].measurements() ?? [],
  stop: (name: Projection) => of(name).stop(),
  close: () => started?.close(),
};
export type ThreadCalls = typeof calls;

const of = (name: Projection) => started!.consumers[name];

async function startAll(settings: Settings) {
  const tracer = tracerOf(settings);
  const loggerOf = (name: string) => createLogger(name, settings.LOG_LEVEL, { trace: tracer.current });
  const logger = loggerOf("suite");
  logRuntime(logger, faulted.resolve);
  const adapters = openAdapters(settings, logger);
  const stores = { trend: await adapters.trend(), recommendation: await adapters.recommendation() };
  const log = await adapters.log();
  const meters = { trend: createMeter(clock), recommendation: createMeter(clock) };
  const partsOf = (name: Projection) => ({
    log,
    retention: retentionOf(settings),
    clock,
    ids,
    logger: loggerOf(name),
    telemetry: { tracer, meter: meters[name].meter },
  });
  const consumers = {
    trend: await startTrendConsumer({ ...partsOf("trend"), store: stores.trend }),
    recommendation: await startRecommendationConsumer({
      ...partsOf("recommendation"),
      store: stores.recommendation,
    }),
  };
  return {
    consumers,
    meters,
    async close() {
      await log.close();
      await stores.trend.close();
      await stores.recommendation.close();
    },
  };
}

expose(calls);
