import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { createLogger } from "@/adapters/system/logger.ts";
import type { Fetch } from "@/adapters/http/base/app.ts";
import type { HttpOptions } from "@/adapters/http/base/base_app.ts";
import type { Clock, IdGenerator, Logger } from "@/application/ports.ts";
import type { Telemetry } from "@/application/shared/observability/telemetry.ts";
import { connectionLimits } from "./connection_limits.ts";
import { httpOptions } from "./http_options.ts";
import { listen } from "./listen.ts";
import { type Adapters, openAdapters, type OpenLog } from "@/services/shared/adapters/open_adapters.ts";
import { type Retention, retentionOf } from "@/services/retention.ts";
import { run } from "./run.ts";
import type { Settings } from "@/services/settings/settings.ts";
import { telemetryOf } from "./telemetry.ts";

/** The dependencies of every service. */
type ServiceDeps<Store> = {
  store: Store;
  log: OpenLog;
  retention: Retention;
  http: HttpOptions;
  clock: Clock;
  ids: IdGenerator;
  logger: Logger;
  telemetry: Telemetry;
};

/** A service with its own process. */
type Service<Store, Own> = {
  name: "web" | "trend" | "recommendation";
  port(settings: Settings): number;
  /** Returns the service's own dependencies. Throws a StartFault for invalid settings, before anything is opened. */
  configure(settings: Settings, logger: Logger): Own;
  open(adapters: Adapters): Promise<Store>;
  /** The topics that it uses, by default all. */
  topics?: string[];
  start(deps: ServiceDeps<Store> & Own): Promise<{ joined: Promise<unknown>; fetch: Fetch; stop(): Promise<void> }>;
  /** Returns the text printed after the URL once the service is ready. */
  hint?(own: Own): string;
};

/** Runs a service in its own process: opens its port, store and log, and stops it at a signal. */
export const runService = <Store extends { close(): Promise<void> }, Own>(service: Service<Store, Own>) =>
  run(service.name, async (settings) => {
    const { name } = service;
    const telemetry = telemetryOf(name, settings);
    const logger = createLogger(name, settings.LOG_LEVEL, { trace: telemetry.tracer.current });
    const own = service.configure(settings, logger);
    const adapters = openAdapters(settings, logger);
    const [store, log] = [await service.open(adapters), await adapters.log(service.topics)];
    const listening = listen({
      name,
      hostname: settings.HOST,
      port: service.port(settings),
      limits: connectionLimits(settings, 1),
      trustedProxies: settings.TRUSTED_PROXIES,
      telemetry,
      logger,
    });
    const retention = retentionOf(settings);
    const started = await service.start({
      store,
      log,
      retention,
      http: httpOptions(settings),
      clock,
      ids,
      logger,
      telemetry,
      ...own,
    });
    listening.serve(started.fetch);
    return {
      joined: started.joined,
      greeting: `${name} is ready at ${listening.url}${service.hint?.(own) ?? ""}`,
      async stop() {
        await listening.close();
        await started.stop();
        await log.close();
        await store.close();
      },
    };
  });
