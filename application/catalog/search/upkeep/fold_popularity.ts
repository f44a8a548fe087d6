import { messageOf } from "@/application/faults.ts";
import type { Clock, Logger } from "@/application/ports.ts";
import type { PopularityFold } from "@/application/catalog/ports.ts";

/** The number of acts per transaction. Short transactions keep other writers waiting less. */
const ACTS_PER_STEP = 500;
const PAUSE_MS = 20;
const INTERVAL_MS = 2_000;

/** Folds acts into the popularity of books in the background. Safe to run in several processes. */
export function startPopularityFold(
  { popularity, clock, logger }: { popularity: PopularityFold; clock: Clock; logger: Logger },
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  async function foldAll(): Promise<void> {
    while (!signal.aborted) {
      let folded = 0;
      try {
        folded = await popularity.fold(ACTS_PER_STEP);
      } catch (error) {
        logger.warn("popularity-held", { reason: messageOf(error) });
      }
      await clock.sleep(folded === ACTS_PER_STEP ? PAUSE_MS : INTERVAL_MS, signal);
    }
  }
  const done = foldAll();
  return {
    async stop() {
      stopping.abort();
      await done;
    },
  };
}
