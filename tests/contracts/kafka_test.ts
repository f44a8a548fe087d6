import { ensureTopics, openKafkaLog } from "@/adapters/kafka/event_log.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import type { EventLog } from "@/application/messaging/ports.ts";
import { silent as logger } from "@/tests/support/samples.ts";
import { eventLogContract } from "./event_log_contract.ts";

const brokers = Deno.env.get("KAFKA_BROKERS")?.split(",");

if (brokers !== undefined) {
  eventLogContract("kafka", async () => {
    const parts = { brokers, clientId: "contract", logger, clock };
    const run = crypto.randomUUID().slice(0, 8);
    const [log, other] = [await openKafkaLog(parts), await openKafkaLog(parts)];
    const made = new Set<string>();
    const topicOf = (topic: string) => `${topic}.${run}`;
    const needs = async (topics: string[]) => {
      const missing = topics.filter((topic) => !made.has(topic));
      for (const topic of missing) made.add(topic);
      if (missing.length > 0) await ensureTopics(parts, missing, 4);
    };
    /** The log with topics of this run alone, made when they are first named. */
    const own = (inner: EventLog): EventLog => ({
      ...inner,
      async append(messages) {
        await needs([...new Set(messages.map(({ topic }) => topicOf(topic)))]);
        await inner.append(messages.map((one) => ({ ...one, topic: topicOf(one.topic) })));
      },
      subscribe(subscription) {
        const topics = subscription.topics.map(topicOf);
        // The consumer waits for its topics to be there.
        needs(topics);
        return inner.subscribe({ ...subscription, group: `${subscription.group}-${run}`, topics });
      },
    });
    return {
      log: own(log),
      other: own(other),
      async close() {
        await log.close();
        await other.close();
      },
    };
  });
}
