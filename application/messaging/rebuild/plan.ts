import type { Clock } from "@/application/ports.ts";
import { type Cursor, type EventLog, partitionName } from "@/application/messaging/wire/event_log.ts";
import type { Leases } from "@/application/messaging/leases/ports.ts";
import type { DeadLetterReader } from "@/application/messaging/dead_letters/ports.ts";
import type { Live, LogHistory } from "./ports.ts";
import type { AnyVersion } from "./versions.ts";

/** What is known of a rebuild before it begins. */
export type RebuildPlan = {
  /** The version that readers see, and the one that is filled. */
  live: number;
  next: number;
  /** An earlier attempt was interrupted while it read; this one goes on from there. */
  resumes: boolean;
  /** Messages to read. */
  messages: number;
  /** Topics that have lost messages which the live version was made from, and the time since when they have all. */
  lost: Map<string, number>;
};

/** Partitions with the places from which the filled version reads on, and those that have lost messages. */
export type Inspection = RebuildPlan & { cursors: Cursor[]; lostPartitions: Set<string>; logId: string };

export type InspectDeps<Version extends AnyVersion = AnyVersion> = {
  consumer: string;
  topics: string[];
  log: EventLog & LogHistory;
  store: {
    live(): Promise<Live>;
    /** When it was filled from elsewhere than this log, if it was. */
    movedAt(): Promise<number | undefined>;
    at(version: number): Version;
    deadLetters: DeadLetterReader;
    leases: Leases;
  };
  clock: Clock;
};

/** Compares the log with the store. Changes nothing. */
export async function inspect({ consumer, topics, log, store, clock }: InspectDeps): Promise<Inspection> {
  const logId = await log.id();
  const { version: live } = await store.live();
  const next = live + 1;
  const partitions = await log.partitions(topics);
  const { read, filled } = await store.at(live).uow.run(async ({ positions }) => {
    const stored = async (version: number) => {
      const keys = partitions.map(({ topic, partition }) => ({ consumer, version, logId, topic, partition }));
      return (await positions.lock(keys)).map((position) => position?.next);
    };
    return { read: await stored(live), filled: await stored(next) };
  });
  const cursorsAt = (positions: (string | undefined)[]): Cursor[] =>
    partitions.map(({ topic, partition, first }, at) => ({ topic, partition, next: positions[at] ?? first }));
  // An attempt can be resumed while the log still has what comes next. Its positions are all stored before any moves.
  const begun = filled.some((position) => position !== undefined);
  const resumes = begun && (await log.has(cursorsAt(filled))).every((has) => has);
  const cursors = cursorsAt(resumes ? filled : []);
  // A whole partition without the live version's position belongs to a topic that was recreated.
  const reachable = await log.has(cursorsAt(read));
  const lossy = partitions.filter(({ whole }, at) => !whole || !reachable[at]);
  const lost = new Map<string, number>();
  for (const [topic, own] of Map.groupBy(lossy, (one) => one.topic)) {
    lost.set(topic, Math.min(clock.now(), await log.begins(own)));
  }
  const movedAt = await store.movedAt();
  if (movedAt !== undefined) {
    for (const topic of topics) lost.set(topic, Math.max(movedAt, lost.get(topic) ?? 0));
  }
  const messages = (await log.lag(cursors)).reduce((sum, one) => sum + one, 0);
  return { live, next, resumes, messages, lost, cursors, logId, lostPartitions: new Set(lossy.map(partitionName)) };
}
