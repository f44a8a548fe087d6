import { DAY, MINUTE } from "@/domain/hours.ts";
import type { Clock } from "@/application/ports.ts";
import type { LogHistory } from "@/application/messaging/rebuild/ports.ts";
import type { Cursor } from "@/application/messaging/wire/event_log.ts";
import { type KafkaConnection, prefixTopic } from "./client.ts";
import { positionOf } from "./position.ts";
import { endsOf, type Watermarks } from "./watermarks.ts";

/** Messages of several producers may be out of their times' order by so much. */
const MAX_DISORDER_MS = MINUTE;

/** How far back the topics reach, from their watermarks. */
export function createHistory(deps: KafkaConnection & { clock: Clock }, watermarks: Watermarks): LogHistory {
  const ends = async (topics: string[]) => {
    const asked = [...new Set(topics)];
    return new Map(
      await Promise.all(asked.map(async (topic) => [topic, await watermarks.of(prefixTopic(deps, topic))] as const)),
    );
  };

  /** Whether the topic was made anew since a position was stored: what is before it came far later than it should have. */
  async function isAnew({ topic, partition, next }: Cursor): Promise<boolean> {
    const { offset, before } = next === undefined ? { offset: 0n } : positionOf(next);
    if (before === undefined) return false;
    const later = await watermarks.at(prefixTopic(deps, topic), Number(before) + MAX_DISORDER_MS);
    return BigInt(later.get(partition)!) < offset;
  }

  /** Whether the first messages of all these partitions of a topic came before a time. Each still has one. */
  async function begunBefore(time: number, topic: string, low: Map<number, string>): Promise<boolean> {
    const found = await watermarks.at(prefixTopic(deps, topic), time);
    return [...low].every(([partition, first]) => BigInt(found.get(partition)!) > BigInt(first));
  }

  return {
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
      return await Promise.all(cursors.map(async (cursor) => inside(cursor) && !(await isAnew(cursor))));
    },
    /** The broker finds offsets by time but does not tell an offset's time, so that it is found by halving. */
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
