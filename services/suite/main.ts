import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { createLogger } from "@/adapters/system/logger.ts";
import { adminToken, dataFolder, importFolder, readersTokenOf } from "@/services/shared/adapters/data_folder.ts";
import { openAdapters } from "@/services/shared/adapters/open_adapters.ts";
import { connectionLimits } from "@/services/shared/process/connection_limits.ts";
import { httpOptions } from "@/services/shared/process/http_options.ts";
import { listen } from "@/services/shared/process/listen.ts";
import { retentionOf } from "@/services/retention.ts";
import { run } from "@/services/shared/process/run.ts";
import { telemetryOf, tracerOf } from "@/services/shared/process/telemetry.ts";
import { defined } from "@/application/defined.ts";
import { blockListOf } from "@/services/trend/block_list.ts";
import { leastReadersOf } from "./first_try.ts";
import { sampleCatalogue } from "./sample_catalogue.ts";
import { type ServiceName, startSuite } from "./app.ts";
import { createConsumerThread } from "./consumers/create_thread.ts";
import type { Projection } from "./consumers/thread.ts";

await run("suite", async (settings) => {
  const named = (name: string) => createLogger(name, settings.LOG_LEVEL, { trace: tracerOf(settings).current });
  const logger = named("suite");
  const loggers = { web: named("web"), trend: named("trend"), recommendation: named("recommendation") };
  const folder = dataFolder(settings.DATA_DIR);
  const { token, file } = adminToken(settings, logger);
  const adapters = openAdapters(settings, logger);
  const stores = {
    web: await adapters.web(),
    trend: await adapters.trend(),
    recommendation: await adapters.recommendation(),
  };
  const log = await adapters.log();
  // Counts descriptors before the thread starts: the count uses all of them, and the thread could not load its program.
  const limits = connectionLimits(settings, 3);
  const thread = createConsumerThread();
  const withThread = (name: Projection) => telemetryOf(name, settings, () => thread.measurements(name));
  const telemetries = {
    web: telemetryOf("web", settings),
    trend: withThread("trend"),
    recommendation: withThread("recommendation"),
  };
  const take = (name: ServiceName, port: number) =>
    listen({
      name,
      hostname: settings.HOST,
      port,
      limits,
      trustedProxies: settings.TRUSTED_PROXIES,
      telemetry: telemetries[name],
      logger: loggers[name],
    });
  const http = {
    web: take("web", settings.WEB_PORT),
    trend: take("trend", settings.TREND_PORT),
    recommendation: take("recommendation", settings.RECOMMENDATION_PORT),
  };
  // Starts after the ports are open: when a port is in use, no consumer must join its group.
  const starting = thread.start(settings);
  // `starting` may reject while the sample books are still being added.
  starting.catch(() => {});
  const { KAFKA_BROKERS: brokers, MYSQL_URL: server } = settings;
  const { OUTBOX_MOST: outboxMost, READERS_PER_CLIENT: readersPerClient } = settings;
  const leastReaders = leastReadersOf({ settings, shelf: stores.web.shelf, clock, logger });
  const isBlocked = blockListOf(settings);
  const retention = retentionOf(settings);
  const brought = settings.SAMPLE_CATALOGUE === "on"
    ? await sampleCatalogue(folder, { store: stores.web, clock, ids })
    : 0;
  const suite = await startSuite({
    stores,
    log,
    consumers: await starting,
    leastReaders,
    isBlocked,
    streamsMost: settings.TREND_STREAMS_MOST,
    adminToken: token,
    readersPerClient,
    ...defined({ readersToken: readersTokenOf(settings, logger) }),
    outboxMost,
    retention,
    http: httpOptions(settings),
    importFolder: importFolder(settings),
    clock,
    ids,
    logger,
    loggers: (service) => loggers[service],
    telemetry: (service) => telemetries[service],
  });
  for (const name of ["web", "trend", "recommendation"] as const) http[name].serve(suite[name].fetch);
  const greeting = [
    ...(brought > 0 ? [`loaded ${brought} sample books`] : []),
    "Bookstream is ready",
    `  web             ${http.web.url}/`,
    `  trend           ${http.trend.url}/v1/trends/books`,
    `  recommendation  ${http.recommendation.url}/openapi.json`,
    `  data            ${server === undefined ? folder : `MySQL on ${new URL(server).host}`}`,
    ...(brokers === undefined ? [] : [`  event log       Kafka on ${brokers}`]),
    `  admin token     ${file ?? "as set by ADMIN_TOKEN"}`,
    "Ctrl-C ends it.",
  ].join("\n");
  return {
    joined: suite.joined,
    greeting,
    async stop() {
      await Promise.all(Object.values(http).map((one) => one.close()));
      await suite.stop();
      await thread.close();
      await log.close();
      for (const store of Object.values(stores)) await store.close();
    },
  };
});
