import { MINUTE } from "@/domain/hours.ts";
import { messageOf } from "@/application/faults.ts";
import { createLease } from "@/application/messaging/leases/lease.ts";
import type { Clock, Logger } from "@/application/ports.ts";
import type { Leases } from "@/application/messaging/leases/ports.ts";

/** What one step removed, and whether another may find more. */
export type Step = { rows: number; more: boolean };

/**
 * Rows of one kind that are kept for a time (ms). `remove` takes away at most so many older ones. `every`: how often they are
 * looked for (ms), a minute where it is not said.
 */
export type RetentionRule = {
  name: string;
  keptMs: number;
  everyMs?: number;
  remove(before: number, most: number): Promise<Step>;
};

/** The step of a removal that finds the oldest by itself: there may be more when it found as many as it might. */
export const stepOf = (rows: number, most: number): Step => ({ rows, more: rows === most });

type PurgeDeps = { rules: RetentionRule[]; leases: Leases; clock: Clock; logger: Logger; owner: string };

/** Rows of one step, so that it is over in milliseconds and nobody waits for its locks. */
const STEP = 500;
const PAUSE = 20;
const EVERY = MINUTE;
/** Longer than the time between two looks, so that one process goes on with it. */
const LEASE = 3 * EVERY;

/** Removes what has been kept long enough, in small steps beside other work. One process does so at a time, by a lease. */
export function startPurge({ rules, leases, clock, logger, owner }: PurgeDeps): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  const finished = new Map<string, number>();
  const lease = createLease({ leases, name: "purge", owner, clock, durationMs: LEASE });
  const holdsLease = async () => await lease.take() !== undefined;

  async function purge({ name, keptMs, everyMs = EVERY, remove }: RetentionRule): Promise<void> {
    if (Math.abs(clock.now() - (finished.get(name) ?? -Infinity)) < everyMs) return;
    let removed = 0;
    for (let more = true; more;) {
      if (signal.aborted || !(await holdsLease())) return;
      const step = await remove(clock.now() - keptMs, STEP);
      removed += step.rows;
      more = step.more;
      if (more) await clock.sleep(PAUSE, signal);
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
      await clock.sleep(EVERY, signal);
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
