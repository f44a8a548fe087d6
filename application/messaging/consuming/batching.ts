import { createBatching } from "@/application/shared/concurrency/batching.ts";
import type { Clock } from "@/application/ports.ts";
import type { Commit, Committed, PartitionBatch } from "./commit.ts";

/**
 * Queues batches in front of a commit. Waiting batches of one topic share a transaction of up to `maxMessages`, as a transaction
 * costs more than a message. When it fails, each batch rejects with the error.
 */
export const batchPartitions = (
  commit: Commit,
  { maxMessages, clock }: { maxMessages: number; clock: Clock },
): (batch: PartitionBatch) => Promise<Committed> =>
  createBatching({
    run: commit,
    sizeOf: ({ messages }) => messages.length,
    maxSize: maxMessages,
    goesWith: (first, { cursor }) => cursor.key.topic === first.cursor.key.topic,
    // A fetch hands over its partitions one after another. Transactions beside each other would wait for rows that they share.
    gather: () => clock.sleep(0),
    // Transactions that lock partitions in one order do not deadlock.
    compare: (a, b) => a.cursor.key.partition - b.cursor.key.partition,
  });
