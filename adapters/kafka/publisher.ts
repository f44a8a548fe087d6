import { Partitioners, type Producer, type TopicMessages } from "kafkajs";
import { messageOf, Unavailable } from "@/application/messaging/faults.ts";
import type { Outgoing } from "@/application/messaging/ports.ts";
import { bufferOf, createClient, type KafkaParts, named } from "./client.ts";

export interface Publisher {
  append(messages: Outgoing[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * Sends batches in their order, one at a time. After any error the producer is given up for a new one: kafkajs rolls its
 * sequence numbers back, and the broker would take the next batch for a repetition and drop it.
 */
export function createPublisher(parts: KafkaParts): Publisher {
  let producer: Promise<Producer> | undefined;
  let last: Promise<unknown> = Promise.resolve();

  async function connect(): Promise<Producer> {
    const made = createClient(parts).producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
      retry: { retries: 5 },
    });
    await made.connect();
    return made;
  }

  async function send(messages: Outgoing[]): Promise<void> {
    const topics = new Map<string, TopicMessages>();
    for (const { topic: name, key, headers, value } of messages) {
      const topic = named(parts, name);
      const batch = topics.get(topic) ?? { topic, messages: [] };
      batch.messages.push({ key: bufferOf(key), value: bufferOf(value), headers });
      topics.set(topic, batch);
    }
    const current = producer ??= connect();
    try {
      await (await current).sendBatch({ topicMessages: [...topics.values()], acks: -1 });
    } catch (error) {
      producer = undefined;
      current.then((old) => old.disconnect()).catch(() => {});
      throw new Unavailable(`the log does not take messages: ${messageOf(error)}`, { cause: error });
    }
  }

  return {
    append(messages) {
      const next = last.then(() => send(messages));
      last = next.catch(() => {});
      return next;
    },
    async close() {
      await last;
      await producer?.then((one) => one.disconnect());
    },
  };
}
