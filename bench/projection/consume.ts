import type { EachBatchPayload, Kafka } from "kafkajs";
import { perSecond, until } from "@/bench/report.ts";

/** `messages`: how many of them are consumed. */
export type Topic = { brokers: string; topic: string; messages: number };

/** Consumes until so many were counted; messages a second from the first one on. */
export async function consume(
  client: Kafka,
  { topic, messages: wanted }: Topic,
  each: (payload: EachBatchPayload, count: (messages: number) => void) => Promise<void>,
): Promise<number> {
  const consumer = client.consumer({ groupId: `bench-${crypto.randomUUID()}`, maxWaitTimeInMs: 250 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  let [counted, from, to] = [0, 0, 0];
  await consumer.run({
    partitionsConsumedConcurrently: 4,
    eachBatch: async (payload) => {
      if (from === 0) from = performance.now();
      if (counted >= wanted) return;
      await each(payload, (messages) => {
        counted += messages;
        to = performance.now();
      });
    },
  });
  await until(() => Promise.resolve(counted >= wanted), 5);
  await consumer.disconnect();
  return perSecond(counted, to - from);
}
