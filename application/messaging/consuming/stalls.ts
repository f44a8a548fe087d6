import { partitionName } from "@/application/messaging/wire/event_log.ts";
import type { Lag } from "./lag.ts";

/** A partition without progress for this long is stalled. It is longer than a session timeout and a rebalance. */
const MAX_STALL_MS = 15_000;

/**
 * Returns why a partition is stalled, in words. Returns undefined when it is not stalled, or when another process of the suite owns
 * it, which reports it itself.
 */
export function stallOf({ topic, partition, messages, owner, stalledMs, ownerlessMs }: Lag): string | undefined {
  const name = partitionName({ topic, partition });
  if (owner === undefined && ownerlessMs >= MAX_STALL_MS) {
    return `nobody has read ${name} for ${secondsOf(ownerlessMs)} s`;
  }
  if (stalledMs < MAX_STALL_MS || owner?.kind === "suite") return undefined;
  const stall = `${name} stands still: ${messages} messages have waited for ${secondsOf(stalledMs)} s`;
  if (owner?.kind !== "stranger") return stall;
  return `${stall}, as a member of the group that is not of this suite has it (${owner.name})`;
}

const secondsOf = (milliseconds: number): number => Math.floor(milliseconds / 1_000);
