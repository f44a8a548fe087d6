import type { Client } from "@/adapters/http/base/app.ts";
import type { Token } from "@/adapters/http/base/security/auth.ts";
import type { HttpOptions } from "@/adapters/http/base/base_app.ts";
import type { Sinks } from "@/application/messaging/dead_letters/replay.ts";
import type { ProjectionStore } from "@/application/messaging/projections/ports.ts";
import { type Projection, projectionRebuild, projectionSinks } from "@/application/messaging/projections/projection.ts";
import { createRebuilds, type Rebuilds } from "@/application/messaging/rebuild/jobs.ts";
import type { LogHistory } from "@/application/messaging/rebuild/ports.ts";
import { type AnyVersion, cacheLiveVersion } from "@/application/messaging/rebuild/versions.ts";
import { noTelemetry } from "@/application/shared/observability/telemetry.ts";
import { watchService } from "@/services/shared/health/gauges.ts";
import { type Readiness, readiness, storePart } from "@/services/shared/health/readiness.ts";
import {
  type ProjectionConsumer,
  type ProjectionConsumerDeps,
  startProjectionConsumer,
} from "./projection_consumer.ts";
import type { Retention } from "./retention.ts";

export type ProjectionServiceDeps<Version extends AnyVersion> = ProjectionConsumerDeps<Version> & {
  store: ProjectionStore<Version>;
  log: LogHistory;
  role: "all" | "api" | "consumer";
  adminToken?: Token;
  http?: HttpOptions;
  /** Starts the projection's consumer. Without it the consumer runs in this thread, without self-tuning. */
  startConsumer?: () => Promise<ProjectionConsumer>;
};

type Api = { fetch(request: Request, client?: Client): Response | Promise<Response> };
/** The dependencies of a service's API. */
export type ProjectionApiDeps<Version extends AnyVersion> =
  & Pick<ProjectionServiceDeps<Version>, "store" | "adminToken" | "http" | "clock" | "ids" | "logger" | "telemetry">
  & {
    /** Returns the live version. */
    live: () => Promise<number>;
    sinks: Sinks;
    rebuilds: Rebuilds;
    ready: (verbose?: boolean) => Promise<Readiness>;
  };

/** Starts the service of one projection: its consumer, its rebuilds, and an API that shows the live version. */
export async function startProjectionService<Version extends AnyVersion, Kind extends keyof Retention>(
  projection: Projection<Version, Kind>,
  { role, startConsumer, ...deps }: ProjectionServiceDeps<Version>,
  createApi: (deps: ProjectionApiDeps<Version>) => Api,
) {
  const { store, log, clock, ids, logger, telemetry = noTelemetry } = deps;
  const start = startConsumer ?? (() => startProjectionConsumer(projection, deps));
  const consumer = role === "api" ? undefined : await start();
  const checks = { store: storePart(store), ...consumer?.checks };
  const ready = (verbose = false) => readiness(checks, clock, verbose);
  watchService(telemetry.meter, { ready, deadLetters: store.deadLetters });
  const rebuilds = createRebuilds(projectionRebuild(projection, { store, log, clock, ids, logger }));
  const live = cacheLiveVersion(store.live, clock);
  const api = createApi({ ...deps, live, sinks: projectionSinks(projection, store), rebuilds, ready });
  return {
    joined: Promise.resolve(consumer?.joined),
    /** Returns how many messages the consumer has handled since it started. */
    handled: async () => await consumer?.handled() ?? 0,
    fetch: (request: Request, client?: Client) => api.fetch(request, client),
    ready,
    async stop() {
      await rebuilds.stop();
      await consumer?.stop();
    },
  };
}
