import { HOUR } from "@/domain/hours.ts";
import { messageOf } from "@/application/faults.ts";
import { keepLease } from "@/application/messaging/leases/keep_lease.ts";
import type { Leases } from "@/application/messaging/leases/ports.ts";
import type { Clock, Logger } from "@/application/ports.ts";

/** What a projection's settings are chosen from, and how. */
export type Tunable = {
  /** How many acts there were when settings were last chosen, or were tried and kept. 0 before the first time. */
  tunedBy(): Promise<number>;
  /** How many acts there are, counted no further than `most`. */
  acts(most: number): Promise<number>;
  /** Chooses settings by these acts, puts them in force where they do better, and keeps the number of acts. Returns what it did. */
  tune(acts: number, signal: AbortSignal): Promise<string>;
};
/** So many acts are enough to choose settings again, where they were last chosen by `tunedBy` acts. */
export const actsToTune = (tunedBy: number): number => Math.max(LEAST_ACTS, GROWTH * tunedBy);

type SelfTuningDeps = Tunable & { leases: Leases; clock: Clock; logger: Logger; owner: string };

/** How long a self-tuning searches at most. */
export const SELF_TUNING_MS = HOUR / 12;
const LEAST_ACTS = 1_000;
const GROWTH = 10;
/** A search reads no more acts than this, so that more of them choose no better; and to count more each hour is dear. */
const MOST_ACTS = 1_000_000;
const INTERVAL_MS = HOUR;
const LEASE_MS = 30_000;

/**
 * Looks each hour whether there are ten times the acts that the settings were chosen by, up to a million, and if so chooses again.
 * Beyond a million that is left to an operator's command. A lease makes one process do it. A failure is logged and tried again when
 * there are ten times as many acts, or after a restart.
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
