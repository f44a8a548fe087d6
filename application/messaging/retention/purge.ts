import { MINUTE } from "@/domain/hours.ts";
import { elapsedMs } from "@/application/elapsed.ts";
import { messageOf } from "@/application/faults.ts";
import { createLease } from "@/application/messaging/leases/lease.ts";
import type { Clock, Logger } from "@/application/ports.ts";
import type { Leases } from "@/application/messaging/leases/ports.ts";

/** How many rows one step removed, and whether there may be more. */
export type Step = { rows: number; more: boolean };

/** The retention of one kind of rows. `remove` removes older ones, at most `most`. `everyMs`: its interval, a minute by default. */
export type RetentionRule = {
  name: string;
  keptMs: number;
  everyMs?: number;
  remove(before: number, most: number): Promise<Step>;
};

/** Returns the step of a removal. There may be more rows when it has removed as many as allowed. */
export const stepOf = (rows: number, most: number): Step => ({ rows, more: rows === most });

type PurgeDeps = { rules: RetentionRule[]; leases: Leases; clock: Clock; logger: Logger; owner: string };

/** The most rows of a step, so that it takes milliseconds and holds its locks briefly. */
const MAX_STEP_ROWS = 500;
const STEP_PAUSE_MS = 20;
const INTERVAL_MS = MINUTE;
/** Longer than the interval, so that the same process keeps purging. */
const LEASE_MS = 3 * INTERVAL_MS;

/** Removes expired rows in small steps in the background. A lease ensures that one process does it at a time. */
export function startPurge({ rules, leases, clock, logger, owner }: PurgeDeps): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  const finished = new Map<string, number>();
  const lease = createLease({ leases, name: "purge", owner, clock, durationMs: LEASE_MS });
  const holdsLease = async () => await lease.take() !== undefined;

  async function purge({ name, keptMs, everyMs = INTERVAL_MS, remove }: RetentionRule): Promise<void> {
    if (elapsedMs(clock, finished.get(name) ?? -Infinity) < everyMs) return;
    let removed = 0;
    for (let more = true; more;) {
      if (signal.aborted || !(await holdsLease())) return;
      const step = await remove(clock.now() - keptMs, MAX_STEP_ROWS);
      removed += step.rows;
      more = step.more;
      if (more) await clock.sleep(STEP_PAUSE_MS, signal);
    }
    finished.set(name, clock.now());
    if (removed > 0) logger.info("purged", { kind: name, rows: removed });
  }

  async function loop(): Promise<void> {
    while (!signal.aborted) {
      try {
        if (await holdsLease()) { for (const rule of rules) await purge(rule); }
      } catch (error) {
        logger.warn("purge-held", { reason: messageOf(error) });
      }
      await clock.sleep(INTERVAL_MS, signal);
    }
    await lease.release().catch((error) => logger.warn("lease-kept", { reason: messageOf(error) }));
  }

  const done = loop();
  return {
    stop: () => {
      stopping.abort();
      return done;
    },
  };
}
