import { HOUR } from "@/domain/hours.ts";
import { messageOf } from "@/application/faults.ts";
import { keepLease } from "@/application/messaging/leases/keep_lease.ts";
import type { Leases } from "@/application/messaging/leases/ports.ts";
import type { Clock, Logger } from "@/application/ports.ts";

/** A projection whose settings can be tuned by its acts. */
export type Tunable = {
  /** Returns how many acts there were at the last tuning, or 0 before the first one. */
  tunedBy(): Promise<number>;
  /** Returns how many acts there are, counting up to `most`. */
  acts(most: number): Promise<number>;
  /** Tunes the settings by these acts, applies better ones, and stores the number of acts. Returns what it did. */
  tune(acts: number, signal: AbortSignal): Promise<string>;
};
/** So many acts are enough to choose settings again, where they were last chosen by `tunedBy` acts. */
export const actsToTune = (tunedBy: number): number => Math.max(LEAST_ACTS, GROWTH * tunedBy);

type SelfTuningDeps = Tunable & { leases: Leases; clock: Clock; logger: Logger; owner: string };

/** The longest time of a self-tuning. */
export const SELF_TUNING_MS = HOUR / 12;
const LEAST_ACTS = 1_000;
const GROWTH = 10;
/** A tuning reads at most this many acts, so more do not improve it. Counting more each hour would be expensive. */
const MOST_ACTS = 1_000_000;
const INTERVAL_MS = HOUR;
const LEASE_MS = 30_000;

/**
 * Checks each hour whether there are ten times as many acts as at the last tuning, and tunes again. Beyond a million acts only an
 * operator's command tunes. One process with the lease does it. A failed tuning is retried at ten times the acts, or after a restart.
 */
export function startSelfTuning(deps: SelfTuningDeps): { stop(): Promise<void> } {
  const { leases, clock, logger, owner } = deps;
  const stopping = new AbortController();
  let tried = 0;

  async function tuneWhenGrown(): Promise<void> {
    const lost = new AbortController();
    const lease = await keepLease({
      leases,
      name: "tuning",
      owner,
      clock,
      durationMs: LEASE_MS,
      onLost: () => lost.abort(new Error("another process tunes")),
    });
    if (lease === undefined) return;
    try {
      const least = actsToTune(Math.max(await deps.tunedBy(), tried));
      if (least > MOST_ACTS || await deps.acts(least) < least) return;
      tried = await deps.acts(MOST_ACTS);
      const outcome = await deps.tune(tried, AbortSignal.any([stopping.signal, lost.signal]));
      logger.info("self-tuned", { acts: tried, outcome });
    } finally {
      await lease.release();
    }
  }

  async function loop(): Promise<void> {
    for (;;) {
      await clock.sleep(INTERVAL_MS, stopping.signal);
      if (stopping.signal.aborted) return;
      await tuneWhenGrown().catch((error) => logger.warn("self-tuning-failed", { reason: messageOf(error) }));
    }
  }

  const done = loop();
  return {
    stop: () => {
      stopping.abort(new Error("the service stops"));
      return done;
    },
  };
}
