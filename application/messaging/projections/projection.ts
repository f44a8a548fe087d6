import type { z } from "zod";
import { createProjectionSink, type ProjectionDeps } from "@/application/messaging/consuming/projection_sink.ts";
import type { Sink } from "@/application/messaging/consuming/sink.ts";
import type { Sinks } from "@/application/messaging/dead_letters/replay.ts";
import type { Leases } from "@/application/messaging/leases/ports.ts";
import type { Backfill } from "@/application/messaging/rebuild/backfill.ts";
import type { Completion } from "@/application/messaging/rebuild/catch_up.ts";
import type { RebuildsDeps } from "@/application/messaging/rebuild/jobs.ts";
import type { ProjectionStores } from "@/application/messaging/rebuild/ports.ts";
import type { AnyVersion } from "@/application/messaging/rebuild/versions.ts";
import type { RetentionRule } from "@/application/messaging/retention/purge.ts";
import type { Changes, Clock, Logger, UnitOfWork } from "@/application/ports.ts";
import type { ProjectionStore } from "./ports.ts";

type Schemas = Record<string, z.ZodType>;

/** Background work of a version, such as computing lists from its rows. */
export type ProjectionEngine = Completion & {
  /** `healthy`: not held. `leaderless`: no process has the lease. Readiness also shows the other facts. */
  state(): { healthy: boolean; leaderless?: boolean; [fact: string]: unknown };
};
type EngineDeps = {
  version: number;
  leases: Leases;
  changes: Changes;
  clock: Clock;
  logger: Logger;
  /** This process's name as an owner of leases. */
  owner: string;
};

/** The purge of rows that a version keeps for a time. `everyMs`: its interval, a minute by default. */
type VersionRetention<Version> = { everyMs?: number; purge(version: Version): RetentionRule["remove"] };

/** A projection: events folded into the rows of a version. Services, rebuilds and operators' commands use this description. */
export type Projection<Version extends AnyVersion, Kept extends string = string> = {
  /** The consumer's name: of its group, positions and dead letters. */
  name: string;
  topics: string[];
  events: Schemas;
  sink(version: Version): Sink<ProjectionStores>;
  /** How a rebuild copies the effects of messages that the log has lost. */
  backfills: Backfill<Version>[];
  /** The purges of rows, by the name of their setting. */
  retention: Record<Kept, VersionRetention<Version>>;
  /** Starts the engine of a version. A rebuild waits until it is idle before it makes the version live. */
  engine?(version: Version, deps: EngineDeps): ProjectionEngine;
};

/** The table by which a module declares its projection. */
type ProjectionTable<
  Known extends Schemas,
  Stores extends ProjectionStores,
  Version extends AnyVersion & { uow: UnitOfWork<Stores> },
  Kept extends string,
> =
  & Omit<Projection<Version, Kept>, "events" | "sink">
  & Pick<ProjectionDeps<Known, Stores>, "events" | "order">
  /** Folds a chunk's events into a few writes. */
  & { project: ProjectionDeps<Known, Stores>["apply"] };

/** Creates a projection from its table. */
export const defineProjection = <
  Known extends Schemas,
  Stores extends ProjectionStores,
  Version extends AnyVersion & { uow: UnitOfWork<Stores> },
  Kept extends string,
>({ order, project, ...table }: ProjectionTable<Known, Stores, Version, Kept>): Projection<Version, Kept> => ({
  ...table,
  sink: ({ uow }) => createProjectionSink({ events: table.events, order, uow, apply: project }),
});

/** Returns the projection's sink for replays, by the consumer's name and by version. */
export const projectionSinks = <Version extends AnyVersion>(
  { name, sink }: Projection<Version>,
  store: Pick<ProjectionStore<Version>, "at">,
): Sinks => ({ [name]: (version) => sink(store.at(version)) });

type RebuildTools<Version> =
  & { store: ProjectionStore<Version> }
  & Pick<RebuildsDeps<AnyVersion>, "log" | "clock" | "ids" | "logger">;

/** Returns the dependencies of a rebuild of the projection. */
export function projectionRebuild<Version extends AnyVersion>(
  { name, topics, sink, backfills, engine }: Projection<Version>,
  { store, log, clock, ids, logger }: RebuildTools<Version>,
): RebuildsDeps<Version> {
  const deps = { consumer: name, topics, sink, backfills, store, log, clock, ids, logger };
  if (engine === undefined) return deps;
  return {
    ...deps,
    complete: (into, version) =>
      engine(into, { version, leases: store.leases, changes: store.changes(), clock, logger, owner: ids.fresh() }),
  };
}
