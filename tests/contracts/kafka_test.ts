import { createClient } from "@/adapters/kafka/connection/client.ts";
import { openKafkaLog } from "@/adapters/kafka/event_log.ts";
import { ensureTopics } from "@/adapters/kafka/topics.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import type { EventLog } from "@/application/messaging/wire/event_log.ts";
import type { LogHistory } from "@/application/messaging/rebuild/ports.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { sendBomb } from "@/tests/support/kafka/bomb.ts";
import { silent as logger } from "@/tests/support/samples.ts";
import { eventLogContract } from "@/tests/contracts/log/event_log_contract.ts";

const brokers = Deno.env.get("KAFKA_BROKERS")?.split(",");

if (brokers !== undefined) {
  eventLogContract("kafka", async () => {
    const parts = { brokers, clientId: "contract", prefix: `${crypto.randomUUID().slice(0, 8)}.`, logger, clock };
    const [log, other] = [openKafkaLog(parts), openKafkaLog(parts)];
    await Promise.all([log.id(), other.id()]);
    const made = new Map<string, Promise<unknown>>();
    /** A broker may refuse messages for a moment after it has made a topic; the relay would send them again. */
    const hasLeaders = async (topic: string) => {
      const admin = createClient(parts).admin();
      await admin.connect();
      await eventually(() => admin.fetchTopicOffsets(parts.prefix + topic));
      await admin.disconnect();
    };
    const need = async (topics: string[]) => {
      for (const topic of topics) {
        if (!made.has(topic)) {
          made.set(
            topic,
            ensureTopics(parts, [topic], { partitions: 4 }).then(() => hasLeaders(topic)),
          );
        }
      }
      await Promise.all(topics.map((topic) => made.get(topic)));
    };
    /** The log with its topics made when they are first named; a consumer waits for its topics to be there. */
    const own = (inner: EventLog & LogHistory): EventLog & LogHistory => ({
      ...inner,
      async append(messages) {
        await need([...new Set(messages.map(({ topic }) => topic))]);
        await inner.append(messages);
      },
      subscribe(subscription) {
        need(subscription.topics);
        return inner.subscribe(subscription);
      },
    });
    return {
      log: own(log),
      other: own(other),
      largest: 2 ** 20,
      async truncate(topic, partition, before) {
        const admin = createClient(parts).admin();
        await admin.connect();
        // The client finds the partition's leader only once it has heard of the topic.
        await admin.fetchTopicOffsets(parts.prefix + topic);
        const partitions = [{ partition, offset: before }];
        await admin.deleteTopicRecords({ topic: parts.prefix + topic, partitions });
        await admin.disconnect();
      },
      addUnreadable: async (topic, partition) => void await sendBomb(parts, parts.prefix + topic, partition),
      async close() {
        await log.close();
        await other.close();
      },
    };
  });
}
