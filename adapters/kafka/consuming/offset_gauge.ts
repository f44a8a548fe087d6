import { partitionName } from "@/application/messaging/wire/event_log.ts";
import type { Consumer as Client } from "kafkajs";
import { messageOf } from "@/application/faults.ts";
import type { Logger } from "@/application/ports.ts";

/** Where a partition is read next, by the names on the cluster. */
export type ReadTo = { topic: string; partition: number; offset: string };

/** How often positions that have not moved are committed again, so that what a tool has reset is right again. */
const REPEAT_MS = 60_000;

/**
 * Shows positions to Kafka's own tools: commits to the group what the store has. Nothing here reads it back, as the store's
 * positions are the truth. Never rejects: what could not be committed is so the next time.
 */
export function createOffsetGauge(
  { group, logger }: { group: string; logger: Logger },
): (client: Client, positions: ReadTo[]) => Promise<void> {
  let committed = new Map<string, string>();
  let [repeatedAt, failing] = [performance.now(), false];
  return async (client, positions) => {
    if (performance.now() - repeatedAt >= REPEAT_MS) [repeatedAt, committed] = [performance.now(), new Map()];
    const moved = positions.filter((one) => committed.get(partitionName(one)) !== one.offset);
    if (moved.length === 0) return;
    try {
      await client.commitOffsets(moved);
      for (const one of moved) committed.set(partitionName(one), one.offset);
      failing = false;
    } catch (error) {
      // A group that is being rebalanced takes nothing.
      if (!failing) logger.info("offsets-not-committed", { group, reason: messageOf(error) });
      failing = true;
    }
  };
}
