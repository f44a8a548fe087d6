import { Fenced, messageOf } from "./faults.ts";
import type { ConsumerStores } from "./guard.ts";
import type { Batch, Clock, Consumer, EventLog, Log, MemberState, UnitOfWork } from "./ports.ts";
import { createSettler, type Place } from "./settle.ts";
import type { Sink } from "./sink.ts";

export type ConsumerParts = {
  /** Names the consumer's positions, letters and group. */
  name: string;
  /** The version of the projection that is fed. */
  version: number;
  topics: string[];
  log: EventLog;
  uow: UnitOfWork<ConsumerStores>;
  sink: Sink;
  clock: Clock;
  logger: Log;
  /** Names this process among the owners. */
  owner: string;
};

export type ConsumerState = MemberState & {
  healthy: boolean;
  joined: boolean;
  handled: number;
  skipped: number;
  retried: number;
  parked: number;
};

export interface RunningConsumer {
  joined: Promise<void>;
  state(): ConsumerState;
  stop(): Promise<void>;
}

/**
 * Follows topics into a sink. The position moves in the transaction of the effects, guarded by an epoch, so that each
 * message has its effect once whatever crashes. Throws when the store's positions belong to another log.
 */
export async function startConsumer(parts: ConsumerParts): Promise<RunningConsumer> {
  const { name, version, topics, log, uow, sink, clock, logger, owner } = parts;
  const logId = await log.id();
  await refuseOtherLog(parts, logId);
  const stopping = new AbortController();
  const { settle, struggles, count } = createSettler({ sink, clock, logger, stopping: stopping.signal });
  const places = new Map<string, Place>();
  let healthy = true;
  let joined = false;
  /** After an outage one message is tried before the others. */
  let probing = false;

  async function open(topic: string, partition: number): Promise<string | undefined> {
    const key = { consumer: name, version, logId, topic, partition };
    const claim = await uow.run((stores) => stores.positions.claim(key, owner));
    places.set(`${topic}/${partition}`, { key, ...claim });
    return claim.next;
  }

  async function handle({ topic, partition, from, messages }: Batch): Promise<string> {
    try {
      const place = places.get(`${topic}/${partition}`);
      if (place === undefined || place.next !== from) {
        throw new Fenced(`delivered from ${from}, wanted from ${place?.next}`);
      }
      for (let at = 0; at < messages.length;) {
        const chunk = messages.slice(at, at + (probing ? 1 : sink.chunk));
        await settle(place, chunk);
        at += chunk.length;
        [healthy, probing] = [true, false];
      }
      return messages.at(-1)!.next;
    } catch (error) {
      healthy = error instanceof Fenced;
      probing ||= !healthy;
      logger.warn("consumer-held", { consumer: name, topic, partition, reason: messageOf(error) });
      throw error;
    }
  }

  const consumer: Consumer = log.subscribe({ group: name, topics, open, handle });
  return {
    joined: consumer.joined.then(() => {
      joined = true;
    }),
    state: () => ({ healthy: healthy && !struggles(), joined, ...consumer.state(), ...count }),
    stop: () => {
      stopping.abort();
      return consumer.stop();
    },
  };
}

async function refuseOtherLog({ name, uow }: ConsumerParts, logId: string): Promise<void> {
  const logs = await uow.run((stores) => stores.positions.logs(name));
  if (logs.length === 0 || logs.includes(logId)) return;
  throw new Error(
    `the store of ${name} has read log ${
      logs.join(", ")
    }, but the log here is ${logId}: its positions mean nothing in it. ` +
      `Point the service at the log it has read, or give it an empty store.`,
  );
}
