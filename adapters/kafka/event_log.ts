import type { Clock, EventLog, LogHistory } from "@/application/messaging/ports.ts";
import { createClient, type KafkaParts, named } from "./client.ts";
import { startKafkaConsumer } from "./consumer.ts";
import { createHistory } from "./history.ts";
import { lagOf } from "./lag.ts";
import { createPublisher } from "./publisher.ts";
import { createWatermarks } from "./watermarks.ts";

/** Makes the topics that are missing; any number of processes may do so at once. */
export async function ensureTopics(parts: KafkaParts, topics: string[], numPartitions: number): Promise<void> {
  const admin = createClient(parts).admin();
  await admin.connect();
  try {
    const known = new Set(await admin.listTopics());
    const missing = topics.map((topic) => named(parts, topic)).filter((topic) => !known.has(topic)).map((topic) => ({
      topic,
      // Copies: as many as the broker makes by default.
      numPartitions,
    }));
    if (missing.length > 0) await admin.createTopics({ topics: missing, waitForLeaders: true }).catch(bornLate);
  } finally {
    await admin.disconnect();
  }
}

/** A topic that was just made is not yet known to every part of the broker, which is no failure: who uses it tries again. */
function bornLate(error: unknown): void {
  if ((error as { type?: string }).type !== "UNKNOWN_TOPIC_OR_PARTITION") throw error;
}

/** The event log on Kafka. Throws when no broker answers. */
export async function openKafkaLog(
  parts: KafkaParts & { clock: Clock },
): Promise<EventLog & LogHistory & { close(): Promise<void> }> {
  const watermarks = createWatermarks(parts);
  const clusterId = await watermarks.clusterId();
  const { prefix = "" } = parts;
  const publisher = createPublisher(parts);
  return {
    // Another prefix on the cluster is another log.
    id: () => Promise.resolve(`${prefix}${prefix === "" ? "" : "@"}${clusterId}`),
    append: (messages) => publisher.append(messages),
    subscribe: (subscription) => startKafkaConsumer({ ...parts, watermarks }, subscription),
    lag: (places) => lagOf(parts, watermarks, places),
    ...createHistory(parts, watermarks),
    async close() {
      await publisher.close();
      await watermarks.close();
    },
  };
}
