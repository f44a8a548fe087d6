import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { createLogger } from "@/adapters/system/logger.ts";
import type { Sinks } from "@/application/messaging/dead_letters/replay.ts";
import type { DeadLetterReader } from "@/application/messaging/dead_letters/ports.ts";
import type { Store } from "@/application/ports.ts";
import { projectionSinks } from "@/application/messaging/projections/projection.ts";
import { recommendationProjection } from "@/application/recommendation/projection.ts";
import { trendProjection } from "@/application/trend/projection.ts";
import { openAdapters } from "@/services/shared/adapters/open_adapters.ts";
import { StartFault } from "@/services/settings/settings.ts";
import { webBus, webSinks } from "@/services/web/app.ts";
import { settingsOf } from "@/services/shared/process/command_line.ts";

export const SERVICES = ["web", "trend", "recommendation"] as const;
export type Service = typeof SERVICES[number];
/** The command-line options that choose the stores. */
export type StoreOptions = { service?: string; envFile?: string };
type Opened = { store: Store & { deadLetters: DeadLetterReader }; sinks: Sinks };

export const logger = createLogger("dead-letters", "error");

/** Returns the adapters of the settings. None of them is open yet. */
export const adaptersOf = (options: StoreOptions) => openAdapters(settingsOf(options), logger);

function open(service: Service, options: StoreOptions): Promise<Opened> {
  const adapters = adaptersOf(options);
  const openings: Record<Service, () => Promise<Opened>> = {
    async web() {
      const store = await adapters.web();
      return { store, sinks: webSinks(webBus({ store, clock, ids }), { store, ids }) };
    },
    async trend() {
      const store = await adapters.trend();
      return { store, sinks: projectionSinks(trendProjection, store) };
    },
    async recommendation() {
      const store = await adapters.recommendation();
      return { store, sinks: projectionSinks(recommendationProjection, store) };
    },
  };
  return openings[service]();
}

/** Runs `work` on each service's store in turn. */
export async function inEach(
  options: StoreOptions,
  work: (service: Service, opened: Opened) => Promise<void>,
  services: readonly Service[] = servicesOf(options),
): Promise<void> {
  for (const service of services) {
    const opened = await open(service, options);
    try {
      await work(service, opened);
    } finally {
      await opened.store.close();
    }
  }
}

export function servicesOf({ service }: StoreOptions): readonly Service[] {
  if (service === undefined) return SERVICES;
  const known = SERVICES.find((one) => one === service);
  if (known === undefined) throw new StartFault(`--service: wanted ${SERVICES.join(" or ")}, found ${service}`);
  return [known];
}
