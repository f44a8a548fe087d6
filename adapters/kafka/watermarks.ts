import { createClient, type KafkaParts, named } from "./client.ts";

/** The lowest offset that the partition of a topic (by its name on the cluster) still has. */
export async function lowest(parts: KafkaParts, topic: string, partition: number): Promise<string> {
  const admin = createClient(parts).admin();
  await admin.connect();
  try {
    const found = (await admin.fetchTopicOffsets(topic)).find((one) => one.partition === partition);
    if (found === undefined) throw new Error(`${topic} has no partition ${partition}`);
    return found.low;
  } finally {
    await admin.disconnect();
  }
}

/** How many messages each of the topics holds. */
export async function sizes(parts: KafkaParts, topics: string[]): Promise<Record<string, number>> {
  const admin = createClient(parts).admin();
  await admin.connect();
  try {
    const found: Record<string, number> = {};
    for (const topic of topics) {
      const partitions = await admin.fetchTopicOffsets(named(parts, topic));
      found[topic] = partitions.reduce((sum, { low, high }) => sum + Number(BigInt(high) - BigInt(low)), 0);
    }
    return found;
  } finally {
    await admin.disconnect();
  }
}
