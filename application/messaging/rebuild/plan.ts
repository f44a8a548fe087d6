import type { Clock } from "@/application/ports.ts";
import type { Cursor, EventLog } from "@/application/messaging/wire/event_log.ts";
import type { Leases } from "@/application/messaging/leases/ports.ts";
import type { DeadLetterReader } from "@/application/messaging/dead_letters/ports.ts";
import type { Live, LogHistory, Partition } from "./ports.ts";
import type { AnyVersion } from "./versions.ts";

/** What is known of a rebuild before it begins. */
export type RebuildPlan = {
  /** The version that readers see, and the one that is filled. */
  live: number;
  next: number;
  /** An earlier attempt has begun to read and was interrupted. */
  resumes: boolean;
  /** Messages to read. */
  messages: number;
  /** Topics that no longer have all that the live version was made from, with the time (ms) from which on they have. */
  lost: Map<string, number>;
};

/** Partitions with the places from which the filled version reads on, and those that have lost messages. */
export type Inspection = RebuildPlan & { places: Cursor[]; lostPartitions: Set<string>; logId: string };

export type InspectDeps<Version extends AnyVersion = AnyVersion> = {
  consumer: string;
  topics: string[];
  log: EventLog & LogHistory;
  store: {
    live(): Promise<Live>;
    /** When it was filled from somewhere else than this log (ms), if it was. */
    movedAt(): Promise<number | undefined>;
    at(version: number): Version;
    letters: DeadLetterReader;
    leases: Leases;
  };
  clock: Clock;
};

export const partitionName = ({ topic, partition }: Pick<Partition, "topic" | "partition">): string =>
  `${topic}/${partition}`;

/** Looks at the log and the store. Changes nothing. */
export async function inspect({ consumer, topics, log, store, clock }: InspectDeps): Promise<Inspection> {
  const logId = await log.id();
  const { version: live } = await store.live();
  const next = live + 1;
  const partitions = await log.partitions(topics);
  const { read, filled } = await store.at(live).uow.run(async ({ positions }) => {
    const stored = async (version: number) => {
      const found: (string | undefined)[] = [];
      for (const { topic, partition } of partitions) {
        found.push((await positions.lock({ consumer, version, logId, topic, partition }))?.next);
      }
      return found;
    };
    return { read: await stored(live), filled: await stored(next) };
  });
  const placesAt = (positions: (string | undefined)[]): Cursor[] =>
    partitions.map(({ topic, partition, first }, at) => ({ topic, partition, next: positions[at] ?? first }));
  // What was begun is of use as long as the log still has what comes next. Positions are all made before any is moved.
  const begun = filled.some((position) => position !== undefined);
  const resumes = begun && (await log.has(placesAt(filled))).every((has) => has);
  const places = placesAt(resumes ? filled : []);
  // A whole partition that the live version has read beyond is one of a topic that was made anew.
  const had = await log.has(placesAt(read));
  const lostOnes = partitions.filter(({ whole }, at) => !whole || !had[at]);
  const lost = new Map<string, number>();
  for (const [topic, own] of Map.groupBy(lostOnes, (one) => one.topic)) {
    lost.set(topic, Math.min(clock.now(), await log.begins(own)));
  }
  const moved = await store.movedAt();
  if (moved !== undefined) { for (const topic of topics) lost.set(topic, Math.max(moved, lost.get(topic) ?? 0)); }
  const messages = (await log.lag(places)).reduce((sum, one) => sum + one, 0);
  return { live, next, resumes, messages, lost, places, logId, lostPartitions: new Set(lostOnes.map(partitionName)) };
}
