import { partitionName } from "@/application/messaging/wire/event_log.ts";
import type { Consumer as Client } from "kafkajs";
import { messageOf } from "@/application/faults.ts";
import type { Logger } from "@/application/ports.ts";

/** The next offset to read of a partition. The topic has its name on the cluster. */
export type ReadTo = { topic: string; partition: number; offset: string };

/** Unchanged positions are committed again this often, which repairs offsets that a tool has reset. */
const REPEAT_MS = 60_000;

/**
 * Returns a function that commits the store's positions to the group, so that Kafka's own tools show the lag. The suite never
 * reads these commits: the store is the source of truth. Never rejects: the next call commits what failed.
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
      // A group refuses commits during a rebalance.
      if (!failing) logger.info("offsets-not-committed", { group, reason: messageOf(error) });
      failing = true;
    }
  };
}
