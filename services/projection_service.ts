import type { Client } from "@/adapters/http/base/app.ts";
import type { Token } from "@/adapters/http/base/security/auth.ts";
import type { HttpOptions } from "@/adapters/http/base/base_app.ts";
import { DAY } from "@/domain/hours.ts";
import type { EventLog } from "@/application/messaging/wire/event_log.ts";
import type { Sinks } from "@/application/messaging/dead_letters/replay.ts";
import type { ProjectionStore } from "@/application/messaging/projections/ports.ts";
import {
  type Projection,
  type ProjectionEngine,
  projectionRebuild,
  projectionSinks,
} from "@/application/messaging/projections/projection.ts";
import { type RunningProjection, runProjection } from "@/application/messaging/projections/run.ts";
import { startSelfTuning, type Tunable } from "@/application/messaging/projections/self_tuning.ts";
import { createRebuilds, type Rebuilds } from "@/application/messaging/rebuild/jobs.ts";
import type { LogHistory } from "@/application/messaging/rebuild/ports.ts";
import { type AnyVersion, cacheLiveVersion, oldVersionRetention } from "@/application/messaging/rebuild/versions.ts";
import type { RetentionRule } from "@/application/messaging/retention/purge.ts";
import type { Clock, IdGenerator, Logger } from "@/application/ports.ts";
import { noTelemetry, type Telemetry } from "@/application/shared/observability/telemetry.ts";
import { watchService } from "@/services/shared/health/gauges.ts";
import {
  type Check,
  consumerPart,
  logPart,
  type Part,
  type Readiness,
  readiness,
  storePart,
} from "@/services/shared/health/readiness.ts";
import { watchedConsumer } from "@/services/shared/health/watched_consumer.ts";
import { deadLetterRetention, RETENTION, type Retention } from "./retention.ts";

export type ProjectionServiceDeps<Version extends AnyVersion> = {
  store: ProjectionStore<Version>;
  log: EventLog & LogHistory;
  role: "all" | "api" | "consumer";
  adminToken?: Token;
  retention?: Retention;
  http?: HttpOptions;
  clock: Clock;
  ids: IdGenerator;
  logger: Logger;
  telemetry?: Telemetry;
  /** What the service tunes by itself once there is much more of it. */
  tunable?: Tunable;
};

type Api = { fetch(request: Request, client?: Client): Response | Promise<Response> };
/** What a service's own API is made of. */
export type ProjectionApiDeps<Version extends AnyVersion> =
  & Pick<ProjectionServiceDeps<Version>, "store" | "adminToken" | "http" | "clock" | "ids" | "logger" | "telemetry">
  & {
    /** The version that readers see. */
    live: () => Promise<number>;
    sinks: Sinks;
    rebuilds: Rebuilds;
    ready: (verbose?: boolean) => Promise<Readiness>;
  };

/** A service that keeps one projection: its consumer, its engine, its rebuilds, and an API that shows the live version. */
export async function startProjectionService<Version extends AnyVersion, Kind extends keyof Retention>(
  projection: Projection<Version, Kind>,
  { log, role, retention = RETENTION, tunable, ...deps }: ProjectionServiceDeps<Version>,
  createApi: (deps: ProjectionApiDeps<Version>) => Api,
) {
  const { store, clock, ids, logger, telemetry = noTelemetry } = deps;
  const rules = (version: Version) => rulesOf(projection, { version, store, retention });
  const running = role === "api"
    ? undefined
    : await runProjection({ projection, store, log, rules, clock, logger, owner: ids.fresh(), telemetry });
  const tuning = role === "api" || tunable === undefined
    ? undefined
    : startSelfTuning({ ...tunable, leases: store.leases, clock, logger, owner: ids.fresh() });
  const watched = running && watchedConsumer({ ...running.consumer, stop: running.stop }, { clock, logger });
  const checks = {
    store: storePart(store),
    ...(watched === undefined ? {} : checksOf({ ...running!, consumer: watched }, log, clock)),
  };
  const ready = (verbose = false) => readiness(checks, clock, verbose);
  const consumers = watched === undefined ? [] : [watched];
  watchService(telemetry.meter, { ready, deadLetters: store.deadLetters, consumers });
  const rebuilds = createRebuilds(projectionRebuild(projection, { store, log, clock, ids, logger }));
  const live = cacheLiveVersion(store.live, clock);
  const api = createApi({ ...deps, live, sinks: projectionSinks(projection, store), rebuilds, ready });
  return {
    joined: Promise.resolve(running?.consumer.joined),
    /** Messages that the consumer has handled since it started. */
    handled: () => running?.consumer.state().handled ?? 0,
    fetch: (request: Request, client?: Client) => api.fetch(request, client),
    ready,
    async stop() {
      await tuning?.stop();
      await rebuilds.stop();
      await watched?.stop();
    },
  };
}

type RulesDeps<Version> = { version: Version; store: ProjectionStore<Version>; retention: Retention };

/** What is kept for a time only while a version is live: rows of its own, closed dead letters, versions before it. */
function rulesOf<Version extends AnyVersion, Kind extends keyof Retention>(
  projection: Projection<Version, Kind>,
  { version, store, retention }: RulesDeps<Version>,
): RetentionRule[] {
  const names = Object.keys(projection.retention) as Kind[];
  const own = names.map((name): RetentionRule => {
    const { everyMs, purge } = projection.retention[name];
    const rule = { name, keptMs: retention[name] * DAY, remove: purge(version) };
    return everyMs === undefined ? rule : { ...rule, everyMs };
  });
  return [...own, deadLetterRetention(version.uow, retention), oldVersionRetention(store)];
}

/** What is checked where the projection is kept up to date. */
const checksOf = ({ consumer, engine }: RunningProjection, log: EventLog, clock: Clock): Record<string, Check> => ({
  log: logPart(log, clock),
  consumer: consumerPart(consumer, clock),
  ...(engine() === undefined ? {} : { engine: () => enginePart(engine()!) }),
});

/** An engine is ready unless it is held or no engine leads; another process may be the one that does. */
function enginePart(engine: ProjectionEngine): Part {
  const { healthy, leaderless = false, ...facts } = engine.state();
  const detail = !healthy ? "holds, see the log line engine-held" : leaderless ? "no engine leads" : undefined;
  return { ok: detail === undefined, ...(detail === undefined ? {} : { detail }), ...facts };
}
