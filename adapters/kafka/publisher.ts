import { Partitioners, type Producer, type TopicMessages } from "kafkajs";
import { messageOf, Refused, Unavailable } from "@/application/faults.ts";
import { MAX_APPEND_MS, type Outgoing } from "@/application/messaging/wire/event_log.ts";
import {
  bufferOf,
  createClient,
  type KafkaConnection,
  METADATA_AGE_MS,
  prefixTopic,
} from "@/adapters/kafka/connection/client.ts";

interface Publisher {
  append(messages: Outgoing[]): Promise<void>;
  close(): Promise<void>;
}

/** Errors of the broker that a retry does not fix: the message is too large or malformed. */
const REFUSALS = new Set([
  "MESSAGE_TOO_LARGE",
  "RECORD_LIST_TOO_LARGE",
  "INVALID_RECORD",
  "INVALID_TOPIC_EXCEPTION",
]);

/**
 * Sends batches in order, one at a time, without retries: the caller retries. An error replaces the producer, so that the failed
 * send cannot arrive later. Idempotence is off: after a failure kafkajs reuses sequence numbers, and the broker would drop the
 * next batch as a duplicate.
 */
export function createPublisher(deps: KafkaConnection): Publisher {
  let producer: Promise<Producer> | undefined;
  let last: Promise<unknown> = Promise.resolve();

  async function connect(): Promise<Producer> {
    const connecting = createClient(deps).producer({
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      metadataMaxAge: METADATA_AGE_MS,
      createPartitioner: Partitioners.DefaultPartitioner,
      retry: { retries: 0 },
    });
    await connecting.connect();
    return connecting;
  }

  async function send(messages: Outgoing[]): Promise<void> {
    const topics = new Map<string, TopicMessages>();
    for (const { topic: name, key, headers, value } of messages) {
      const topic = prefixTopic(deps, name);
      const batch = topics.get(topic) ?? { topic, messages: [] };
      batch.messages.push({ key: bufferOf(key), value: bufferOf(value), headers });
      topics.set(topic, batch);
    }
    const { promise: timeout, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new Error(`no answer within ${MAX_APPEND_MS} ms`)), MAX_APPEND_MS);
    const current = producer ??= connect();
    let failed = false;
    const sent = current.then(async (one) => {
      if (!failed) await one.sendBatch({ topicMessages: [...topics.values()], acks: -1 });
    });
    try {
      await Promise.race([sent, timeout]);
    } catch (error) {
      failed = true;
      producer = undefined;
      // Disconnects now, so that nothing more is sent, and once more after a connection that kafkajs may be opening.
      const disconnect = () => current.then((old) => old.disconnect()).catch(() => {});
      disconnect();
      sent.catch(() => {}).finally(disconnect);
      throw faultOf(error);
    } finally {
      clearTimeout(timer);
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

function faultOf(error: unknown): Error {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ("type" in at && REFUSALS.has(String(at.type))) {
      return new Refused(`the broker does not take it, ${at.type}: ${at.message}`, { cause: error });
    }
  }
  return new Unavailable(`the log does not take messages: ${messageOf(error)}`, { cause: error });
}
