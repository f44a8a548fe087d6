import { createBatching } from "@/application/shared/concurrency/batching.ts";
import type { Commit, Committed, PartitionBatch } from "./commit.ts";

/**
 * A queue in front of a commit. Batches of one topic that wait at the same time share a transaction of `maxMessages` in
 * all, as a transaction costs more than a message in it. When it fails, each batch rejects with the error.
 */
export const batchPartitions = (
  commit: Commit,
  { maxMessages }: { maxMessages: number },
): (batch: PartitionBatch) => Promise<Committed> =>
  createBatching({
    run: commit,
    sizeOf: ({ messages }) => messages.length,
    maxSize: maxMessages,
    goesWith: (first, { cursor }) => cursor.key.topic === first.cursor.key.topic,
    // Transactions that take partitions in one order do not deadlock.
    compare: (a, b) => a.cursor.key.partition - b.cursor.key.partition,
  });
