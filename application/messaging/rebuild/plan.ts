import type { Clock } from "@/application/ports.ts";
import { type Cursor, type EventLog, partitionName } from "@/application/messaging/wire/event_log.ts";
import type { Leases } from "@/application/messaging/leases/ports.ts";
import type { DeadLetterReader } from "@/application/messaging/dead_letters/ports.ts";
import type { Live, LogHistory } from "./ports.ts";
import type { AnyVersion } from "./versions.ts";

/** What a rebuild will do. */
export type RebuildPlan = {
  /** The live version, and the one to fill. */
  live: number;
  next: number;
  /** Whether it resumes an earlier attempt that was interrupted while reading. */
  resumes: boolean;
  /** How many messages to read. */
  messages: number;
  /** Topics that have lost messages which the live version was built from, and since when they have all messages. */
  lost: Map<string, number>;
};

/** The plan, with the cursors of the new version and the partitions that have lost messages. */
export type Inspection = RebuildPlan & { cursors: Cursor[]; lostPartitions: Set<string>; logId: string };

export type InspectDeps<Version extends AnyVersion = AnyVersion> = {
  consumer: string;
  topics: string[];
  log: EventLog & LogHistory;
  store: {
    live(): Promise<Live>;
    /** Returns when a move filled the store, if one did. */
    movedAt(): Promise<number | undefined>;
    at(version: number): Version;
    deadLetters: DeadLetterReader;
    leases: Leases;
  };
  clock: Clock;
};

/** Compares the log with the store and plans a rebuild. Changes nothing. */
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
  // An attempt can be resumed while the log still has its next messages. All its positions are stored before any of them moves.
  const begun = filled.some((position) => position !== undefined);
  const resumes = begun && (await log.has(cursorsAt(filled))).every((has) => has);
  const cursors = cursorsAt(resumes ? filled : []);
  // A complete partition without the live version's position belongs to a recreated topic.
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
