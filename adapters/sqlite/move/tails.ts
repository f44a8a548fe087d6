import { partitionName } from "@/application/messaging/wire/event_log.ts";
import type { Reader, StoreName, Tail } from "@/application/moving/ports.ts";
import type { SyncStatements } from "@/adapters/sqlite/connection/connection.ts";
import type { GroupPartition } from "@/adapters/sqlite/log/groups.ts";
import { endsOf } from "@/adapters/sqlite/log/reader.ts";

type TailDeps = {
  log: SyncStatements;
  logId: string;
  stores: Record<StoreName, SyncStatements>;
  readers: Reader[];
};

/** Returns the unread tail of each partition. `begun`: where an earlier attempt to move it began. */
export const tailsOf = (deps: TailDeps) => (begun: Map<string, string>): Tail[] => {
  for (const reader of deps.readers) refuseOtherLog(reader, deps);
  const topics = [...new Set(deps.readers.flatMap((reader) => reader.topics))];
  const partitions = Number(deps.log.get("SELECT partitions FROM log")!.partitions);
  return topics.flatMap((topic) =>
    Array.from({ length: partitions }, (_, partition) => {
      const head = headOf(deps.log, { topic, partition });
      const positions = deps.readers.filter((reader) => reader.topics.includes(topic)).map((reader) => ({
        reader,
        next: positionOf(reader, { topic, partition }, head, deps),
      }));
      const from = Math.min(...positions.map(({ next }) => next));
      const before = begun.get(partitionName({ topic, partition }));
      return {
        topic,
        partition,
        from: String(from),
        again: String(before === undefined ? from : Math.min(from, Number(before))),
        unread: head - from,
        unreadBy: Object.fromEntries(positions.map(({ reader, next }) => [reader.name, head - next])),
      };
    })
  );
};

/** Returns the position of a partition's next message. */
const headOf = ({ get }: SyncStatements, { topic, partition }: GroupPartition): number =>
  Number(get("SELECT next FROM head WHERE topic = ? AND partition = ?", topic, partition)?.next ?? 0);

/** Returns a consumer's next position: the stored one, or the first that the log still has. */
function positionOf({ store, name, version }: Reader, at: GroupPartition, head: number, deps: TailDeps): number {
  const { topic, partition } = at;
  const row = deps.stores[store].get(
    "SELECT next FROM consumer_position WHERE consumer = ? AND version = ? AND log_id = ? AND topic = ? AND partition = ?",
    name,
    version ?? liveVersion(deps.stores[store], name),
    deps.logId,
    topic,
    partition,
  );
  const next = Number(row?.next ?? endsOf(deps.log, at).first?.first ?? head);
  if (next <= head) return next;
  throw new Error(
    `${name} has read ${partitionName(at)} up to ${next}, but the log ends at ${head}: they do not belong together`,
  );
}

const liveVersion = ({ get }: SyncStatements, consumer: string): number =>
  Number(get("SELECT live FROM projection WHERE consumer = ?", consumer)?.live ?? 1);

/** Throws when a consumer has read another log, as its positions mean nothing in this one. */
function refuseOtherLog({ store, name }: Reader, { stores, logId }: TailDeps): void {
  const logs = stores[store].all("SELECT DISTINCT log_id FROM consumer_position WHERE consumer = ?", name);
  const other = logs.find((row) => row.log_id !== logId);
  if (other === undefined) return;
  throw new Error(
    `the ${store} store has read log ${other.log_id}, but the log beside it is ${logId}: only a suite with its own log can move`,
  );
}
