import { messageOf } from "./faults.ts";
import type { Clock, Leases, Log } from "./ports.ts";

/** Rows of one kind that are kept for a time (ms). `remove` takes away at most so many older ones, and says how many. */
export type Kept = { name: string; kept: number; remove(before: number, most: number): Promise<number> };

export type PurgeParts = { kinds: Kept[]; leases: Leases; clock: Clock; logger: Log; owner: string };

/** Rows of one step, so that it is over in milliseconds and nobody waits for its locks. */
const STEP = 500;
const PAUSE = 20;
const EVERY = 60_000;
/** Longer than the time between two looks, so that one process goes on with it. */
const LEASE = 3 * EVERY;

/** Removes what has been kept long enough, in small steps beside other work. One process does so at a time, by a lease. */
export function startPurge({ kinds, leases, clock, logger, owner }: PurgeParts): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;

  async function purge({ name, kept, remove }: Kept): Promise<void> {
    let removed = 0;
    for (let step = STEP; step === STEP && !signal.aborted;) {
      step = await remove(clock.now() - kept, STEP);
      removed += step;
      if (step === STEP) await clock.sleep(PAUSE, signal);
    }
    if (removed > 0) logger.info("purged", { kind: name, rows: removed });
  }

  async function loop(): Promise<void> {
    while (!signal.aborted) {
      try {
        const now = clock.now();
        if (await leases.take("purge", owner, now, now + LEASE)) { for (const kind of kinds) await purge(kind); }
      } catch (error) {
        logger.warn("purge-held", { reason: messageOf(error) });
      }
      await clock.sleep(EVERY, signal);
    }
    await leases.release("purge", owner).catch((error) => logger.warn("lease-kept", { reason: messageOf(error) }));
  }

  const done = loop();
  return {
    stop: () => {
      stopping.abort();
      return done;
    },
  };
}
