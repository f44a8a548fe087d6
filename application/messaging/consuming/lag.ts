import type { Clock } from "@/application/ports.ts";
import type { Cursor, EventLog } from "@/application/messaging/wire/event_log.ts";

/** How far a partition is read, and since when its first uncommitted message is in the log. */
export type PartitionProgress = Cursor & { waitingSince: number | undefined };

/** How far a consumer is behind in a partition. `seconds`: unknown until a message was delivered or the partition was empty. */
export type Lag = Cursor & { messages: number; seconds: number | undefined };

/**
 * Creates a function that reads a consumer's lag. Its seconds are the age of the first waiting message: known once it is
 * delivered, and before that at most the time since the partition was last empty. Rejects when the log does not answer.
 */
export function createLagReader(
  read: () => PartitionProgress[],
  { log, clock }: { log: Pick<EventLog, "lag">; clock: Clock },
): () => Promise<Lag[]> {
  const emptyAt = new Map<string, number>();
  return async () => {
    const at = clock.now();
    const partitions = read();
    const lags = await log.lag(partitions.map(({ topic, partition, next }) => ({ topic, partition, next })));
    return partitions.map(({ topic, partition, next, waitingSince }, index) => {
      const name = `${topic}/${partition}`;
      const messages = lags[index]!;
      if (messages === 0) emptyAt.set(name, at);
      const since = messages === 0 ? at : waitingSince ?? emptyAt.get(name);
      const seconds = since === undefined ? undefined : Math.max(0, at - since) / 1_000;
      return { topic, partition, next, messages, seconds };
    });
  };
}
