import type { IsBlocked } from "@/domain/trend/block_list.ts";
import { cacheFor } from "@/application/shared/concurrency/cache.ts";
import type { LeastReaders } from "@/application/trend/lists/list_trends.ts";
import { offeredWindows } from "@/application/trend/lists/offered_windows.ts";
import { noTelemetry } from "@/application/shared/observability/telemetry.ts";
import type { Clock } from "@/application/ports.ts";
import type { CatalogueCopy } from "@/application/catalog/ports.ts";
import type { Rebuilds } from "@/application/messaging/rebuild/jobs.ts";
import type { Sinks } from "@/application/messaging/dead_letters/replay.ts";
import type { TrendStore } from "@/application/trend/ports.ts";
import type { App } from "@/adapters/http/base/app.ts";
import { type BaseDeps, createBaseApp } from "@/adapters/http/base/base_app.ts";
import { deadLetterRoutes } from "@/adapters/http/operations/dead_letter_routes.ts";
import { copyRoutes } from "@/adapters/http/operations/copy_routes.ts";
import { rebuildRoutes } from "@/adapters/http/operations/rebuild_routes.ts";
import { trendListRoutes } from "./trend_lists.ts";
import { trendStreamRoute } from "./trend_stream.ts";

/** How long the offered windows are cached, which `tune` may change. */
const WINDOWS_KEPT_MS = 1_000;

type TrendApiDeps = Omit<BaseDeps, "title"> & {
  store: Pick<TrendStore, "at" | "deadLetters" | "settings">;
  /** Returns the live version. */
  live: () => Promise<number>;
  clock: Clock;
  leastReaders: LeastReaders;
  isBlocked: IsBlocked;
  /** The most concurrent streams of all clients. */
  streamsMost: number;
  sinks: Sinks;
  rebuilds: Rebuilds;
  copy: CatalogueCopy;
};

/** Creates the trend service's HTTP API. */
export function createTrendApi(
  { store, clock, leastReaders, isBlocked, streamsMost, live, sinks, rebuilds, copy, ...base }: TrendApiDeps,
): App {
  const app = createBaseApp({ title: "trend", ...base });
  const { logger, telemetry: { meter } = noTelemetry } = base;
  const openLive = async () => store.at(await live());
  const windows = cacheFor(
    async () => {
      const { view } = await openLive();
      return await offeredWindows({ settings: store.settings, view, at: clock.now() });
    },
    WINDOWS_KEPT_MS,
    clock,
  );
  const lists = { openLive, windows, clock, leastReaders, isBlocked };
  trendListRoutes(app, lists);
  trendStreamRoute(app, { ...lists, streamsMost, logger, meter });
  const letters = { service: "trend", deadLetters: store.deadLetters, sinks, clock, logger };
  deadLetterRoutes(app, letters, base.adminToken);
  rebuildRoutes(app, rebuilds, base.adminToken);
  copyRoutes(app, copy.books, base.adminToken);
  return app;
}
