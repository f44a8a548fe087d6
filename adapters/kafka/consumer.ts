import type { EachBatchPayload } from "kafkajs";
import { messageOf } from "@/application/messaging/faults.ts";
import type { Clock, Consumer, Incoming, Subscription } from "@/application/messaging/ports.ts";
import { createClient, type KafkaParts, named } from "./client.ts";

const HEARTBEAT = 500;
const FIRST_PAUSE = 50;
const MOST_PAUSE = 2_000;

/** A partition that was opened in this assignment: what the next batch begins with, and how long it rests after a failure. */
type Opened = { from: string | undefined; pause: number };

/** A member of a Kafka group. Positions are the reader's own; Kafka's committed offsets are not used. */
export function startKafkaConsumer(
  parts: KafkaParts & { clock: Clock },
  { group, topics, open, handle }: Subscription,
): Consumer {
  const { clock, logger } = parts;
  const consumer = createClient(parts).consumer({
    groupId: named(parts, group),
    sessionTimeout: 10_000,
    heartbeatInterval: 1_000,
    rebalanceTimeout: 30_000,
    maxWaitTimeInMs: 250,
    maxBytesPerPartition: 1_048_576,
    maxBytes: 4_194_304,
    allowAutoTopicCreation: false,
    retry: { retries: 8, restartOnFailure: () => Promise.resolve(true) },
  });
  const { promise: joined, resolve: join } = Promise.withResolvers<void>();
  const opened = new Map<string, Opened>();
  let assigned: string[] = [];
  let stopping = false;

  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    opened.clear();
    assigned = Object.entries(payload.memberAssignment).flatMap(([topic, partitions]) =>
      partitions.map((one) => `${ownName(topic)}/${one}`)
    );
    join();
  });

  /** A topic's name in this suite. */
  const ownName = (topic: string): string => topic.slice(named(parts, "").length);

  async function eachBatch(payload: EachBatchPayload): Promise<void> {
    const { batch: { topic: onCluster, partition }, isRunning, isStale } = payload;
    const topic = ownName(onCluster);
    const seek = (offset: string) => consumer.seek({ topic: onCluster, partition, offset });
    const name = `${topic}/${partition}`;
    if (stopping || !isRunning() || isStale()) return;
    let place = opened.get(name);
    try {
      if (place === undefined) {
        const from = await open(topic, partition);
        place = { from, pause: FIRST_PAUSE };
        opened.set(name, place);
        if (from !== undefined && from !== payload.batch.firstOffset()) {
          return seek(from);
        }
      }
      const messages = payload.batch.messages.map((one) => incomingOf(topic, partition, one));
      if (messages.length === 0) return;
      const next = await alive(payload, () => handle({ topic, partition, from: place!.from, messages }));
      place.from = next;
      place.pause = FIRST_PAUSE;
      payload.resolveOffset(messages.at(-1)!.position);
    } catch (error) {
      // Nothing is thrown into the client, which would stop for good on some errors and start over on others.
      opened.delete(name);
      logger.warn("partition-held", { group, topic, partition, reason: messageOf(error) });
      await alive(payload, () => clock.sleep(place?.pause ?? FIRST_PAUSE));
      seek(payload.batch.firstOffset() ?? "0");
    }
    await payload.heartbeat();
  }

  const started = (async () => {
    for (let pause = FIRST_PAUSE; !stopping; pause = Math.min(MOST_PAUSE, pause * 2)) {
      try {
        await consumer.connect();
        await consumer.subscribe({ topics: topics.map((topic) => named(parts, topic)), fromBeginning: true });
        return await consumer.run({
          autoCommit: false,
          eachBatchAutoResolve: false,
          partitionsConsumedConcurrently: 1,
          eachBatch,
        });
      } catch (error) {
        logger.warn("consumer-not-started", { group, reason: messageOf(error) });
        await clock.sleep(pause);
      }
    }
  })();

  return {
    joined,
    assigned: () => stopping ? [] : assigned,
    async stop() {
      stopping = true;
      join();
      await started;
      await consumer.stop();
      await consumer.disconnect();
    },
  };
}

/** Keeps the membership alive while something takes long. */
async function alive<Value>({ heartbeat }: EachBatchPayload, work: () => Promise<Value>): Promise<Value> {
  const beat = setInterval(() => void heartbeat().catch(() => {}), HEARTBEAT);
  try {
    return await work();
  } finally {
    clearInterval(beat);
  }
}

type KafkaMessage = EachBatchPayload["batch"]["messages"][number];

const incomingOf = (
  topic: string,
  partition: number,
  { offset, key, value, headers, timestamp }: KafkaMessage,
): Incoming => ({
  topic,
  partition,
  position: offset,
  next: String(BigInt(offset) + 1n),
  key,
  value,
  headers: Object.fromEntries(
    Object.entries(headers ?? {}).map(([name, text]) => [name, String(Array.isArray(text) ? text[0] : text ?? "")]),
  ),
  timestamp: Number(timestamp),
});
