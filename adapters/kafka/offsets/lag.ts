import type { Cursor } from "@/application/messaging/wire/event_log.ts";
import { type KafkaConnection, prefixTopic } from "@/adapters/kafka/connection/client.ts";
import { positionOf } from "./position.ts";
import { endsOf, type Watermarks } from "./watermarks.ts";

/**
 * Returns the lag of each cursor, as the difference of offsets. It is an upper bound, as compaction and transaction markers
 * leave offsets out.
 */
export async function lagOf(deps: KafkaConnection, watermarks: Watermarks, cursors: Cursor[]): Promise<number[]> {
  const topics = [...new Set(cursors.map(({ topic }) => topic))];
  const ends = new Map(
    await Promise.all(topics.map(async (topic) => [topic, await watermarks.of(prefixTopic(deps, topic))] as const)),
  );
  return cursors.map(({ topic, partition, next }) => {
    const { low, high } = endsOf(ends.get(topic)!, topic, partition);
    const wanted = next === undefined ? BigInt(low) : positionOf(next).offset;
    const from = wanted < BigInt(low) ? BigInt(low) : wanted;
    return Math.max(0, Number(BigInt(high) - from));
  });
}
