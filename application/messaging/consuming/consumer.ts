import { noTelemetry, type Telemetry } from "@/application/shared/observability/telemetry.ts";
import { Fenced, Unavailable } from "@/application/faults.ts";
import type { Clock, Logger, UnitOfWork } from "@/application/ports.ts";
import type { Consumer, EventLog, MemberState } from "@/application/messaging/wire/event_log.ts";
import { awaitLogId } from "@/application/messaging/wire/lazy_log.ts";
import { Delivery } from "./delivery.ts";
import { createLagReader, type Lag } from "./lag.ts";
import { readLogIds, refuseOtherLog } from "./log_identity.ts";
import { createConsumerMeter } from "./meter.ts";
import { OwnedPartitions } from "./owned_partitions.ts";
import type { ConsumerStores } from "./ports.ts";
import type { Sink } from "./sink.ts";

type ConsumerDeps = {
  /** The name of the consumer's group, positions and dead letters. */
  name: string;
  /** An ephemeral group to join instead of the consumer's own. */
  group?: string;
  /** The version of the projection. */
  version: number;
  topics: string[];
  log: EventLog;
  uow: UnitOfWork<ConsumerStores>;
  sink: Sink<ConsumerStores>;
  clock: Clock;
  logger: Logger;
  /** This process's name as an owner of partitions. */
  owner: string;
  telemetry?: Telemetry;
};

export type ConsumerState = MemberState & {
  healthy: boolean;
  /** The time since when a batch cannot be delivered. */
  heldSince: number | undefined;
  joined: boolean;
  handled: number;
  skipped: number;
  retried: number;
  parked: number;
};

export interface RunningConsumer {
  name: string;
  /** Resolves when it has joined its group. Rejects when the log, once it answers, is not the one of the stored positions. */
  joined: Promise<void>;
  state(): ConsumerState;
  /** Returns the lag of the group in each partition of its topics. Rejects when the log or the store does not answer. */
  lag(): Promise<Lag[]>;
  stop(): Promise<void>;
}

/** The state of a member while the log has not answered yet. */
const NO_MEMBER: MemberState = { assigned: [], halted: [], stuck: [], reachable: false };

/**
 * Starts a consumer of topics into a sink. Positions are committed with the effects and fenced by an epoch, so each message takes
 * effect exactly once. Throws when the stored positions belong to another log. Joins its group later if the log does not answer yet.
 */
export async function startConsumer(deps: ConsumerDeps): Promise<RunningConsumer> {
  const { name, version, topics, log, uow, sink, clock, logger, owner, telemetry = noTelemetry } = deps;
  const logIds = await readLogIds(deps);
  const stop = new AbortController();
  const shared = {
    clock,
    logger,
    stopping: stop.signal,
    meter: createConsumerMeter(telemetry.meter, name, sink.types),
  };
  const delivery = new Delivery({ ...shared, sink, tracer: telemetry.tracer });
  const { maxMessages } = sink;
  const partitions = new OwnedPartitions({ ...shared, consumer: name, version, owner, uow, delivery, maxMessages });
  let member: Consumer | undefined;
  let joined = false;

  /** Throws synchronously when the positions belong to another log. */
  function join(logId: string): Promise<void> {
    if (stop.signal.aborted) throw new Fenced("the consumer is stopping");
    refuseOtherLog(name, logIds, logId);
    member = log.subscribe({
      group: deps.group ?? name,
      ephemeral: deps.group !== undefined,
      topics,
      open: (topic, partition) => partitions.open({ logId, topic, partition }),
      handle: (batch) => partitions.handle(batch),
      advance: (range) => partitions.advance(range),
    });
    return member.joined.then(() => {
      joined = true;
    });
  }

  const logId = await log.id().catch((error) => {
    if (!(error instanceof Unavailable)) throw error;
  });
  const joining = logId === undefined ? awaitLogId(log, clock, stop.signal).then(join) : join(logId);
  // A rejection of `joined` may stay unhandled.
  joining.catch(() => {});
  const memberState = () => member?.state() ?? NO_MEMBER;
  return {
    name,
    joined: joining,
    state() {
      const state = memberState();
      const heldSince = partitions.heldSince(state.assigned);
      const healthy = heldSince === undefined && !delivery.isFailing;
      return { healthy, heldSince, joined, ...state, ...partitions.counts(), retried: delivery.retried };
    },
    lag: createLagReader({
      topics,
      log,
      async stored() {
        const logId = await log.id();
        return await uow.run((stores) => stores.positions.list({ consumer: name, version, logId }));
      },
      own: () => partitions.progress(memberState().assigned),
      owners: () => member?.owners() ?? Promise.reject(new Unavailable("the group is not joined yet")),
      clock,
    }),
    async stop() {
      stop.abort();
      await member?.stop();
    },
  };
}
