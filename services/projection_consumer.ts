import { DAY } from "@/domain/hours.ts";
import type { EventLog } from "@/application/messaging/wire/event_log.ts";
import type { ProjectionStore } from "@/application/messaging/projections/ports.ts";
import type { Projection, ProjectionEngine } from "@/application/messaging/projections/projection.ts";
import { type RunningProjection, runProjection } from "@/application/messaging/projections/run.ts";
import { startSelfTuning, type Tunable } from "@/application/messaging/projections/self_tuning.ts";
import type { LogHistory } from "@/application/messaging/rebuild/ports.ts";
import { type AnyVersion, oldVersionRetention } from "@/application/messaging/rebuild/versions.ts";
import type { RetentionRule } from "@/application/messaging/retention/purge.ts";
import type { Clock, IdGenerator, Logger } from "@/application/ports.ts";
import { noTelemetry, type Telemetry } from "@/application/shared/observability/telemetry.ts";
import { watchConsumer } from "@/services/shared/health/gauges.ts";
import { type Check, consumerPart, logPart, type Part } from "@/services/shared/health/readiness.ts";
import { watchedConsumer } from "@/services/shared/health/watched_consumer.ts";
import { deadLetterRetention, RETENTION, type Retention } from "./retention.ts";

export type ProjectionConsumerDeps<Version extends AnyVersion> = {
  store: ProjectionStore<Version>;
  log: EventLog & LogHistory;
  retention?: Retention;
  clock: Clock;
  ids: IdGenerator;
  logger: Logger;
  telemetry?: Telemetry;
  /** The self-tuning of the projection. */
  tunable?: Tunable;
};

/** The running consumer of a projection, in this thread or another one. */
export type ProjectionConsumer = {
  /** Resolves when it has joined its group. */
  joined: Promise<unknown>;
  /** Returns how many messages it has handled since it started. */
  handled(): Promise<number>;
  /** Its checks for the service's readiness, by part. */
  checks: Record<string, Check>;
  stop(): Promise<void>;
};

/** Starts a projection's consumer, engine, retention and self-tuning. */
export async function startProjectionConsumer<Version extends AnyVersion, Kind extends keyof Retention>(
  projection: Projection<Version, Kind>,
  { retention = RETENTION, telemetry = noTelemetry, tunable, ...deps }: ProjectionConsumerDeps<Version>,
): Promise<ProjectionConsumer> {
  const { store, log, clock, ids, logger } = deps;
  const rules = (version: Version) => rulesOf(projection, { version, store, retention });
  const running = await runProjection({ ...deps, projection, rules, owner: ids.fresh(), telemetry });
  const tuning = tunable === undefined
    ? undefined
    : startSelfTuning({ ...tunable, leases: store.leases, clock, logger, owner: ids.fresh() });
  const consumer = watchedConsumer(running.consumer, { clock, logger });
  watchConsumer(telemetry.meter, consumer);
  return {
    joined: consumer.joined,
    handled: () => Promise.resolve(consumer.state().handled),
    checks: checksOf({ ...running, consumer }, log, clock),
    async stop() {
      await tuning?.stop();
      await consumer.stop();
    },
  };
}

type RulesDeps<Version> = { version: Version; store: ProjectionStore<Version>; retention: Retention };

/** Returns the retention rules of a live version: for its own rows, closed dead letters, and older versions. */
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

/** Returns the readiness checks of the projection's log, consumer and engine. */
const checksOf = ({ consumer, engine }: RunningProjection, log: EventLog, clock: Clock): Record<string, Check> => ({
  log: logPart(log, clock),
  consumer: consumerPart(consumer, clock),
  ...(engine() === undefined ? {} : { engine: () => enginePart(engine()!) }),
});

/** Checks an engine. It is ready unless it is held or no process has the lease. The lease may be another process's. */
function enginePart(engine: ProjectionEngine): Part {
  const { healthy, leaderless = false, ...facts } = engine.state();
  const detail = !healthy ? "holds, see the log line engine-held" : leaderless ? "no engine leads" : undefined;
  return { ok: detail === undefined, ...(detail === undefined ? {} : { detail }), ...facts };
}
