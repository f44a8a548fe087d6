import type { Clock } from "@/application/ports.ts";
import type { EventLog } from "@/application/messaging/wire/event_log.ts";
import type { LogHistory } from "@/application/messaging/rebuild/ports.ts";
import { createClient, type KafkaConnection, prefixTopic } from "./client.ts";
import { startKafkaConsumer } from "./consumer.ts";
import { createHistory } from "./history.ts";
import { lagOf } from "./lag.ts";
import { createPublisher } from "./publisher.ts";
import { clusterIdOf, faultOf } from "./reach.ts";
import { createWatermarks } from "./watermarks.ts";

/** Makes the topics that are missing; any number of processes may do so at once. */
export async function ensureTopics(deps: KafkaConnection, topics: string[], numPartitions: number): Promise<void> {
  const admin = createClient(deps).admin();
  await admin.connect();
  try {
    const known = new Set(await admin.listTopics());
    const missing = topics.map((topic) => prefixTopic(deps, topic)).filter((topic) => !known.has(topic)).map((
      topic,
    ) => ({
      topic,
      // Without a replication factor the broker's default counts.
      numPartitions,
    }));
    if (missing.length > 0) {
      await admin.createTopics({ topics: missing, waitForLeaders: true }).catch(ignoreUnknownTopic);
    }
  } finally {
    await admin.disconnect();
  }
}

/** A new topic is not yet known to every part of the broker. That is no failure, as whoever uses the topic tries again. */
function ignoreUnknownTopic(error: unknown): void {
  if ((error as { type?: string }).type !== "UNKNOWN_TOPIC_OR_PARTITION") throw error;
}

/**
 * The event log on Kafka, which connects when it is first needed. `id` makes the missing topics of `wanted` before it answers,
 * and throws `Unavailable` while no broker answers.
 */
export function openKafkaLog(
  deps: KafkaConnection & { clock: Clock },
  wanted?: { topics: string[]; partitions: number },
): EventLog & LogHistory & { close(): Promise<void> } {
  const watermarks = createWatermarks(deps);
  const publisher = createPublisher(deps);
  const { prefix = "" } = deps;
  let known: string | undefined;

  async function id(): Promise<string> {
    if (known !== undefined) return known;
    const clusterId = await clusterIdOf(deps);
    if (wanted !== undefined) {
      await ensureTopics(deps, wanted.topics, wanted.partitions).catch((error) => {
        throw faultOf(error);
      });
    }
    // Another prefix on the cluster is another log.
    return known = `${prefix}${prefix === "" ? "" : "@"}${clusterId}`;
  }

  return {
    id,
    append: (messages) => publisher.append(messages),
    subscribe: (subscription) => startKafkaConsumer({ ...deps, watermarks }, subscription),
    lag: (cursors) => lagOf(deps, watermarks, cursors),
    ...createHistory(deps, watermarks),
    async close() {
      await publisher.close();
      await watermarks.close();
    },
  };
}
