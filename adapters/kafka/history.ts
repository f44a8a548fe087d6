import { DAY, MINUTE } from "@/domain/hours.ts";
import type { Clock } from "@/application/ports.ts";
import type { LogHistory } from "@/application/messaging/rebuild/ports.ts";
import type { Cursor, EventLog } from "@/application/messaging/wire/event_log.ts";
import { type KafkaConnection, prefixTopic } from "@/adapters/kafka/connection/client.ts";
import { createInspection } from "./inspection.ts";
import { positionOf } from "@/adapters/kafka/offsets/position.ts";
import { endsOf, type Watermarks } from "@/adapters/kafka/offsets/watermarks.ts";

/** How far the timestamps of messages from several producers may be out of order. */
const MAX_DISORDER_MS = MINUTE;

/** Answers how far back the topics reach, from their watermarks. */
export function createHistory(
  deps: KafkaConnection & { clock: Clock },
  watermarks: Watermarks,
): LogHistory & Pick<EventLog, "partitions"> {
  const ends = async (topics: string[]) => {
    const names = [...new Set(topics)];
    return new Map(
      await Promise.all(names.map(async (topic) => [topic, await watermarks.of(prefixTopic(deps, topic))] as const)),
    );
  };

  /** Returns whether the topic was recreated since a position was stored: then the message before that offset has a later time. */
  async function wasRecreated({ topic, partition, next }: Cursor): Promise<boolean> {
    const { offset, lastTimestamp } = next === undefined ? { offset: 0n } : positionOf(next);
    if (lastTimestamp === undefined) return false;
    const later = await watermarks.at(prefixTopic(deps, topic), Number(lastTimestamp) + MAX_DISORDER_MS);
    return BigInt(later.get(partition)!) < offset;
  }

  /** Returns whether the first message of each of these partitions is older than `time`. None of them may be empty. */
  async function begunBefore(time: number, topic: string, low: Map<number, string>): Promise<boolean> {
    const found = await watermarks.at(prefixTopic(deps, topic), time);
    return [...low].every(([partition, first]) => BigInt(found.get(partition)!) > BigInt(first));
  }

  return {
    ...createInspection(deps, watermarks),
    async partitions(topics) {
      const found = await ends(topics);
      return topics.flatMap((topic) =>
        [...found.get(topic)!].sort(([a], [b]) => a - b).map(([partition, { low }]) => ({
          topic,
          partition,
          first: low,
          whole: low === "0",
        }))
      );
    },
    async has(cursors) {
      const found = await ends(cursors.map(({ topic }) => topic));
      const inside = ({ topic, partition, next }: Cursor): boolean => {
        const { low, high } = endsOf(found.get(topic)!, topic, partition);
        const offset = next === undefined ? 0n : positionOf(next).offset;
        return offset >= BigInt(low) && offset <= BigInt(high);
      };
      return await Promise.all(cursors.map(async (cursor) => inside(cursor) && !(await wasRecreated(cursor))));
    },
    /** Uses a binary search: the broker finds an offset by its time, but not the time of an offset. */
    async begins(partitions) {
      const found = await ends(partitions.map(({ topic }) => topic));
      let latest = 0;
      for (const [topic, own] of Map.groupBy(partitions, (one) => one.topic)) {
        const all = own.map(({ partition }) => [partition, endsOf(found.get(topic)!, topic, partition)] as const);
        if (all.some(([, { low, high }]) => low === high)) return Infinity;
        const low = new Map(all.map(([partition, one]) => [partition, one.low]));
        let [after, before] = [0, deps.clock.now() + DAY];
        while (before - after > 1) {
          const middle = Math.floor((after + before) / 2);
          if (await begunBefore(middle, topic, low)) before = middle;
          else after = middle;
        }
        latest = Math.max(latest, after);
      }
      return latest;
    },
  };
}
