import { type RunningConsumer, startConsumer } from "@/application/messaging/consuming/consumer.ts";
import { followedConsumer, followLive } from "@/application/messaging/rebuild/follow_live.ts";
import type { AnyVersion } from "@/application/messaging/rebuild/versions.ts";
import { type RetentionRule, startPurge } from "@/application/messaging/retention/purge.ts";
import type { EventLog } from "@/application/messaging/wire/event_log.ts";
import { Fenced } from "@/application/faults.ts";
import type { Clock, Logger } from "@/application/ports.ts";
import type { Telemetry } from "@/application/shared/observability/telemetry.ts";
import type { ProjectionStore } from "./ports.ts";
import type { Projection, ProjectionEngine } from "./projection.ts";

type RunProjectionDeps<Version extends AnyVersion> = {
  projection: Projection<Version>;
  store: ProjectionStore<Version>;
  log: EventLog;
  /** The retention rules while a version is live. */
  rules(version: Version): RetentionRule[];
  clock: Clock;
  logger: Logger;
  /** This process's name as an owner of partitions and leases. */
  owner: string;
  telemetry: Telemetry;
};

export type RunningProjection = {
  /** The consumer of the live version, also after a switch. Its `stop` stops the engine and the purge too. */
  consumer: RunningConsumer;
  engine(): ProjectionEngine | undefined;
};

/** Keeps the live version up to date: runs its consumer, engine and purge, and follows each switch. */
export async function runProjection<Version extends AnyVersion>(
  deps: RunProjectionDeps<Version>,
): Promise<RunningProjection> {
  const { projection, store, log, rules, clock, logger, owner, telemetry } = deps;
  const { name, topics, sink } = projection;
  const { leases } = store;
  const joined = Promise.withResolvers<void>();
  // A rejection of `joined` may stay unhandled.
  joined.promise.catch(() => {});

  async function start(version: number) {
    const own = store.at(version);
    const consumer = await startConsumer({
      name,
      topics,
      version,
      log,
      uow: own.uow,
      sink: sink(own),
      clock,
      logger,
      owner,
      telemetry,
    });
    // A consumer that a switch stops before it has joined is fenced or never joins. The next version's consumer joins instead.
    consumer.joined.then(joined.resolve, (error) => error instanceof Fenced || joined.reject(error));
    const engine = projection.engine?.(own, { version, leases, changes: store.changes(), clock, logger, owner });
    const purge = startPurge({ rules: rules(own), leases, clock, logger, owner });
    return {
      consumer,
      engine,
      async stop() {
        await consumer.stop();
        await engine?.stop();
        await purge.stop();
      },
    };
  }

  const following = await followLive({ consumer: name, live: store.live, start, clock, logger });
  return {
    consumer: followedConsumer(() => following.current().consumer, { joined: joined.promise, stop: following.stop }),
    engine: () => following.current().engine,
  };
}
