import { type Admin, Kafka, logLevel } from "kafkajs";
import { openKafkaLog } from "@/adapters/kafka/event_log.ts";
import { ensureTopics } from "@/adapters/kafka/topics.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { silent as logger } from "@/tests/support/samples.ts";

type Parts = Parameters<typeof openKafkaLog>[0] & { prefix: string };

/** Topics of a test's own on the cluster, the log on them, and another client's means to look at them and to disturb. */
export type OwnTopics = {
  parts: Parts;
  log: ReturnType<typeof openKafkaLog>;
  kafka: Kafka;
  admin: Admin;
  close(): Promise<void>;
};

/** The brokers of this run, if any. */
export const BROKERS = (Deno.env.get("KAFKA_BROKERS") ?? "").split(",").filter((one) => one !== "");

export async function ownTopics(topics: string[], partitions: number, brokers = BROKERS): Promise<OwnTopics> {
  const parts = { brokers, clientId: "test", prefix: `${crypto.randomUUID().slice(0, 8)}.`, logger, clock };
  await ensureTopics(parts, topics, { partitions });
  const kafka = new Kafka({ brokers, clientId: "rogue", logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const log = openKafkaLog(parts);
  await log.id();
  return {
    parts,
    log,
    kafka,
    admin,
    async close() {
      await log.close();
      await admin.disconnect();
    },
  };
}
