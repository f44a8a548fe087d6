import { noTelemetry, type Telemetry } from "@/application/telemetry.ts";
import { createConsumerMeter } from "./meter.ts";
import { Fenced, messageOf, Unavailable } from "@/application/faults.ts";
import type { ConsumerStores } from "./guard.ts";
import { createLagReader, type Lag } from "./lag.ts";
import { awaitLogId } from "@/application/messaging/wire/lazy_log.ts";
import type { Batch, Consumer, EventLog, MemberState } from "@/application/messaging/wire/event_log.ts";
import type { Clock, Logger, UnitOfWork } from "@/application/ports.ts";
import { readLogIds, refuseOtherLog } from "./log_identity.ts";
import type { OwnedPartition } from "./commit.ts";
import { createSettler } from "./delivery.ts";
import type { Sink } from "./sink.ts";

export type ConsumerDeps = {
  /** Names the consumer's positions and letters, and its group. */
  name: string;
  /** The name of a group that only passes by, to be used in place of the consumer's own. */
  group?: string;
  /** The version of the projection that is fed. */
  version: number;
  topics: string[];
  log: EventLog;
  uow: UnitOfWork<ConsumerStores>;
  sink: Sink;
  clock: Clock;
  logger: Logger;
  /** Names this process among the owners. */
  owner: string;
  telemetry?: Telemetry;
};

export type ConsumerState = MemberState & {
  healthy: boolean;
  /** Since when (ms) a batch could not be settled. */
  heldSince: number | undefined;
  joined: boolean;
  handled: number;
  skipped: number;
  retried: number;
  parked: number;
};

export interface RunningConsumer {
  name: string;
  /** Resolves when it has joined its group; rejects when a log that came late is another one than its positions belong to. */
  joined: Promise<void>;
  state(): ConsumerState;
  /** How far it is behind in the partitions that it has. Rejects when the log does not answer. */
  lag(): Promise<Lag[]>;
  stop(): Promise<void>;
}

/**
 * Follows topics into a sink. The position moves in the transaction of the effects, guarded by an epoch, so that each
 * message has its effect once whatever crashes. Throws when the store's positions belong to another log. Where the log does not
 * answer, it is awaited behind this.
 */
export async function startConsumer(deps: ConsumerDeps): Promise<RunningConsumer> {
  const { name, version, topics, log, uow, sink, clock, logger, owner, telemetry = noTelemetry } = deps;
  const logs = await readLogIds(deps);
  const stopping = new AbortController();
  const meter = createConsumerMeter(telemetry.meter, name, sink.types);
  const seen = { meter, tracer: telemetry.tracer };
  const { settle, struggles, count } = createSettler({ sink, clock, logger, stopping: stopping.signal, ...seen });
  const places = new Map<string, OwnedPartition>();
  /** Since when (ms) a partition is held by an outage, after which one message is tried before the others. */
  const held = new Map<string, number>();
  let joined = false;

  async function open(logId: string, topic: string, partition: number): Promise<string | undefined> {
    const key = { consumer: name, version, logId, topic, partition };
    const claim = await uow.run((stores) => stores.positions.claim(key, owner));
    const at = `${topic}/${partition}`;
    // Its transaction was stored and only the answer lost: nothing is held any more, and nothing may come that would show it.
    if (claim.next !== places.get(at)?.next) held.delete(at);
    places.set(at, { key, ...claim });
    return claim.next;
  }

  async function handle({ topic, partition, from, messages }: Batch): Promise<string> {
    const at = `${topic}/${partition}`;
    try {
      const place = places.get(at);
      if (place === undefined || place.next !== from) {
        throw new Fenced(`delivered from ${from}, wanted from ${place?.next}`);
      }
      let done = 0;
      // Who is to stop does not begin another chunk.
      while (done < messages.length && !(done > 0 && stopping.signal.aborted)) {
        const chunk = messages.slice(done, done + (held.has(at) ? 1 : sink.chunk));
        place.waiting = chunk[0]!.timestamp;
        await settle(place, chunk, held.has(at));
        delete place.waiting;
        done += chunk.length;
        held.delete(at);
      }
      return messages[done - 1]!.next;
    } catch (error) {
      if (error instanceof Fenced) held.delete(at);
      else if (!held.has(at)) held.set(at, clock.now());
      meter.held();
      logger.warn("consumer-held", { consumer: name, topic, partition, reason: messageOf(error) });
      throw error;
    }
  }

  let consumer: Consumer | undefined;
  function begin(logId: string): Promise<void> {
    if (stopping.signal.aborted) return Promise.reject(new Fenced("the consumer is stopping"));
    refuseOtherLog(name, logs, logId);
    consumer = log.subscribe({
      group: deps.group ?? name,
      ephemeral: deps.group !== undefined,
      topics,
      open: (topic, partition) => open(logId, topic, partition),
      handle,
    });
    return consumer.joined.then(() => {
      joined = true;
    });
  }

  const logId = await log.id().catch((error) => {
    if (!(error instanceof Unavailable)) throw error;
  });
  const begun = logId === undefined ? awaitLogId(log, clock, stopping.signal).then(begin) : begin(logId);
  // Whoever waits for it hears of it.
  begun.catch(() => {});
  const memberState = () => consumer?.state() ?? AWAITING;
  return {
    name,
    joined: begun,
    state() {
      const member = memberState();
      const since = member.assigned.flatMap((at) => held.get(at) ?? []);
      const heldSince = since.length === 0 ? undefined : Math.min(...since);
      return { healthy: heldSince === undefined && !struggles(), heldSince, joined, ...member, ...count() };
    },
    lag: createLagReader(() => memberState().assigned.flatMap((name) => places.get(name) ?? []), log, clock),
    async stop() {
      stopping.abort();
      await consumer?.stop();
    },
  };
}

/** A member of a log that has not answered yet. */
const AWAITING: MemberState = { assigned: [], halted: [], reachable: false };
