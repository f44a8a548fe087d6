import type { Admin, GroupDescription } from "kafkajs";
import { messageOf, Unavailable } from "@/application/faults.ts";
import {
  createClient,
  type KafkaConnection,
  METADATA_AGE_MS,
  prefixTopic,
} from "@/adapters/kafka/connection/client.ts";

/** The lowest offset that a partition still has, and the one after its last message. */
export type Ends = { low: string; high: string };

export interface Watermarks {
  /** The ends of a topic's partitions (by its name on the cluster), by their numbers. */
  of(topic: string): Promise<Map<number, Ends>>;
  /** By partition, the offset of the first message that came at `time` or later; the end where none did. */
  at(topic: string, time: number): Promise<Map<number, string>>;
  /** A consumer group (by its name on the cluster) as its coordinator knows it. */
  group(id: string): Promise<GroupDescription>;
  close(): Promise<void>;
}

/**
 * One connection for questions about the cluster, made when it is first needed. After an error the next question makes a new
 * one. The client retries only once, as whoever asks will ask again soon.
 */
export function createWatermarks(deps: KafkaConnection): Watermarks {
  let admin: Promise<Admin> | undefined;
  /** When the partitions of each topic were last counted. */
  const countedAt = new Map<string, number>();

  async function connect(): Promise<Admin> {
    const connecting = createClient(deps).admin({ retry: { retries: 1, initialRetryTime: 100 } });
    await connecting.connect();
    return connecting;
  }

  async function ask<Value>(question: (admin: Admin) => Promise<Value>): Promise<Value> {
    const current = admin ??= connect();
    try {
      return await question(await current);
    } catch (error) {
      if (admin === current) admin = undefined;
      current.then((old) => old.disconnect()).catch(() => {});
      // An error of the client's own kind would look like a fault of the consumer that asked.
      throw new Unavailable(`the log does not answer: ${messageOf(error)}`, { cause: error });
    }
  }

  /** Drops a connection whose client does not know of partitions that a topic has by now: its metadata never ages. */
  async function noticeAdded(topic: string, known: number): Promise<boolean> {
    if (performance.now() - (countedAt.get(topic) ?? -Infinity) < METADATA_AGE_MS) return false;
    const current = admin;
    const { topics } = await ask((one) => one.fetchTopicMetadata({ topics: [topic] }));
    countedAt.set(topic, performance.now());
    if (topics[0]?.partitions.length === known) return false;
    if (admin === current) admin = undefined;
    current?.then((old) => old.disconnect()).catch(() => {});
    return true;
  }

  async function endsIn(topic: string): Promise<Map<number, Ends>> {
    const offsets = await ask((admin) => admin.fetchTopicOffsets(topic));
    return new Map(offsets.map(({ partition, low, high }) => [partition, { low, high }]));
  }

  return {
    of: async (topic) => {
      const ends = await endsIn(topic);
      return await noticeAdded(topic, ends.size) ? await endsIn(topic) : ends;
    },
    group: async (id) => (await ask((admin) => admin.describeGroups([id]))).groups[0]!,
    at: async (topic, time) => {
      const offsets = await ask((admin) => admin.fetchTopicOffsetsByTimestamp(topic, time));
      return new Map(offsets.map(({ partition, offset }) => [partition, offset]));
    },
    close: async () => await admin?.then((one) => one.disconnect()).catch(() => {}),
  };
}

/** The ends of one partition. Throws when the topic has no such partition. */
export function endsOf(ends: Map<number, Ends>, topic: string, partition: number): Ends {
  const found = ends.get(partition);
  if (found === undefined) throw new Error(`${topic} has no partition ${partition}`);
  return found;
}

/** How many messages each of the topics holds. */
export async function countMessages(deps: KafkaConnection, topics: string[]): Promise<Record<string, number>> {
  const watermarks = createWatermarks(deps);
  try {
    const found: Record<string, number> = {};
    for (const topic of topics) {
      const ends = [...(await watermarks.of(prefixTopic(deps, topic))).values()];
      found[topic] = ends.reduce((sum, { low, high }) => sum + Number(BigInt(high) - BigInt(low)), 0);
    }
    return found;
  } finally {
    await watermarks.close();
  }
}
