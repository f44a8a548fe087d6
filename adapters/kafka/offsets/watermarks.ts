import type { Admin, GroupDescription } from "kafkajs";
import { messageOf, Unavailable } from "@/application/faults.ts";
import {
  createClient,
  type KafkaConnection,
  METADATA_AGE_MS,
  prefixTopic,
} from "@/adapters/kafka/connection/client.ts";

/** The low watermark (oldest offset kept) and the high watermark (offset after the last message) of a partition. */
export type Ends = { low: string; high: string };

export interface Watermarks {
  /** Returns the watermarks of a topic's partitions, by partition number. `topic` is its name on the cluster. */
  of(topic: string): Promise<Map<number, Ends>>;
  /** Returns for each partition the offset of its first message at `time` or later, or its high watermark when there is none. */
  at(topic: string, time: number): Promise<Map<number, string>>;
  /** Returns a consumer group as its coordinator knows it. `id` is its name on the cluster. */
  group(id: string): Promise<GroupDescription>;
  close(): Promise<void>;
}

/**
 * Creates an admin connection for questions about the cluster. It connects on first use, and again after an error. The client
 * retries only once, as callers ask again soon.
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
      // A KafkaJS error would look like a fault of the consumer that asked.
      throw new Unavailable(`the log does not answer: ${messageOf(error)}`, { cause: error });
    }
  }

  /** Drops the connection when a topic has new partitions: the admin client never refreshes its metadata. Returns whether it did. */
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

/** Returns the watermarks of one partition. Throws when the topic has no such partition. */
export function endsOf(ends: Map<number, Ends>, topic: string, partition: number): Ends {
  const found = ends.get(partition);
  if (found === undefined) throw new Error(`${topic} has no partition ${partition}`);
  return found;
}

/** Returns how many messages each topic holds. */
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
