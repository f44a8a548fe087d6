import type { Commit, Committed, PartitionBatch } from "./commit.ts";

type Waiting = { batch: PartitionBatch; resolve(committed: Committed): void; reject(error: unknown): void };

/** Transactions at once: the next one is prepared while the store commits one. */
const MAX_RUNNING = 2;

/**
 * A queue in front of a commit. Batches of one topic that wait at the same time share a transaction of `maxMessages` in
 * all, as a transaction costs more than a message in it. When it fails, each batch rejects with the error.
 */
export function createBatching(
  commit: Commit,
  { maxMessages }: { maxMessages: number },
): (batch: PartitionBatch) => Promise<Committed> {
  let running = 0;
  let waiting: Waiting[] = [];

  /** Takes the first batch and those that fit beside it, ordered by partition, so that no two transactions deadlock. */
  function takeGroup(): Waiting[] {
    const [first] = waiting as [Waiting];
    let size = 0;
    const group = waiting.filter(({ batch: { cursor, messages } }) => {
      const sameTopic = cursor.key.topic === first.batch.cursor.key.topic;
      const fits = size === 0 || sameTopic && size + messages.length <= maxMessages;
      if (fits) size += messages.length;
      return fits;
    });
    waiting = waiting.filter((one) => !group.includes(one));
    return group.toSorted((a, b) => a.batch.cursor.key.partition - b.batch.cursor.key.partition);
  }

  async function run(group: Waiting[]): Promise<void> {
    running++;
    try {
      const committed = await commit(group.map(({ batch }) => batch));
      for (const [at, { resolve }] of group.entries()) resolve(committed[at]!);
    } catch (error) {
      for (const { reject } of group) reject(error);
    } finally {
      running--;
      runNext();
    }
  }

  function runNext(): void {
    while (running < MAX_RUNNING && waiting.length > 0) run(takeGroup());
  }

  return (batch) =>
    new Promise((resolve, reject) => {
      waiting.push({ batch, resolve, reject });
      runNext();
    });
}
