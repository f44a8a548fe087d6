import type { Clock } from "@/application/ports.ts";
import type { EventLog } from "@/application/messaging/wire/event_log.ts";
import type { LogHistory } from "@/application/messaging/rebuild/ports.ts";
import type { KafkaConnection } from "@/adapters/kafka/connection/client.ts";
import { startKafkaConsumer } from "@/adapters/kafka/consuming/consumer.ts";
import { createHistory } from "./history.ts";
import { lagOf } from "@/adapters/kafka/offsets/lag.ts";
import { createPublisher } from "./publisher.ts";
import { clusterIdOf, faultOf } from "@/adapters/kafka/connection/reach.ts";
import { ensureTopics, type TopicOptions } from "./topics.ts";
import { createWatermarks } from "@/adapters/kafka/offsets/watermarks.ts";

/**
 * Opens the event log on Kafka. It connects on first use. `id` first creates the missing topics of `wanted`. It throws
 * `Unavailable` while no broker answers.
 */
export function openKafkaLog(
  deps: KafkaConnection & { clock: Clock },
  wanted?: TopicOptions & { topics: string[] },
): EventLog & LogHistory & { close(): Promise<void> } {
  const watermarks = createWatermarks(deps);
  const publisher = createPublisher(deps);
  const { prefix = "" } = deps;
  let known: string | undefined;

  async function id(): Promise<string> {
    if (known !== undefined) return known;
    const clusterId = await clusterIdOf(deps);
    if (wanted !== undefined) {
      const differences = await ensureTopics(deps, wanted.topics, wanted).catch((error) => {
        throw faultOf(error);
      });
      for (const difference of differences) deps.logger.warn("topic-differs", difference);
    }
    // Each prefix on a cluster is a log of its own.
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
