import { createClient, type KafkaParts } from "./client.ts";

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
