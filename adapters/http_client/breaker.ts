import { messageOf, Unavailable } from "@/application/faults.ts";

/** Keeps questions from a service that does not answer, so that not every page waits for it. */
export interface Breaker {
  /** Asks, or rejects at once with `Unavailable` while the breaker is open. */
  run<Answer>(ask: () => Promise<Answer>): Promise<Answer>;
}

/** So many outages in a row open the breaker. */
const OUTAGES_TO_OPEN = 3;
/** How long it stays open until one question tries again; longer than a question may take. */
const OPEN_MS = 2_000;

/** A circuit breaker (M. Nygard, Release It!, 2007). Only `Unavailable` counts as an outage. `now`: milliseconds. */
export function createBreaker(now = () => performance.now()): Breaker {
  let outages = 0;
  let reason = "";
  let opensUntil = 0;
  return {
    async run(ask) {
      if (outages >= OUTAGES_TO_OPEN) {
        if (now() < opensUntil) throw new Unavailable(`not asked after ${outages} outages in a row: ${reason}`);
        // Others are refused until this one has its answer.
        opensUntil = now() + OPEN_MS;
      }
      try {
        const answer = await ask();
        outages = 0;
        return answer;
      } catch (error) {
        if (error instanceof Unavailable) {
          outages++;
          reason = messageOf(error);
          opensUntil = now() + OPEN_MS;
        } else outages = 0;
        throw error;
      }
    },
  };
}
