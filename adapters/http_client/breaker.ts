import { messageOf, Unavailable } from "@/application/faults.ts";

/** Stops requests to a service that does not answer, so that pages do not wait for it. */
export interface Breaker {
  /** Sends a request, or rejects at once with `Unavailable` while the breaker is open. */
  run<Answer>(ask: () => Promise<Answer>): Promise<Answer>;
}

/** The number of outages in a row that opens the breaker. */
const OUTAGES_TO_OPEN = 3;
/** The shortest time that it stays open before one request tries again. */
const OPEN_MS = 2_000;

/**
 * A circuit breaker (M. Nygard, Release It!, 2007). Only `Unavailable` counts as an outage. `timeoutMs`: how long a question may
 * take; it stays open for longer. `now`: milliseconds.
 */
export function createBreaker(timeoutMs: number, now = () => performance.now()): Breaker {
  const openMs = Math.max(OPEN_MS, 2 * timeoutMs);
  let outages = 0;
  let reason = "";
  let opensUntil = 0;
  return {
    async run(ask) {
      if (outages >= OUTAGES_TO_OPEN) {
        if (now() < opensUntil) throw new Unavailable(`not asked after ${outages} outages in a row: ${reason}`);
        // Others are refused until this one has its answer.
        opensUntil = now() + openMs;
      }
      try {
        const answer = await ask();
        outages = 0;
        return answer;
      } catch (error) {
        if (error instanceof Unavailable) {
          outages++;
          reason = messageOf(error);
          opensUntil = now() + openMs;
        } else outages = 0;
        throw error;
      }
    },
  };
}
