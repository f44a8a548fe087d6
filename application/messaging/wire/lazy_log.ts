import { MINUTE } from "@/domain/hours.ts";
import { cacheFor, withTimeout } from "@/application/asking.ts";
import { messageOf, Unavailable } from "@/application/faults.ts";
import type { Clock, Logger } from "@/application/ports.ts";
import type { EventLog } from "./event_log.ts";

/** How long a call waits for a log that has not answered yet, and how often it is asked at most (ms). */
const MOMENT = 500;
const BETWEEN = 1_000;
/** How often it is said that it is awaited (ms). */
const SAID_AGAIN = 10 * MINUTE;

/** A log that need not be there yet: until it has answered, what needs it fails with `Unavailable` within a moment. */
export function createLazyLog<Late extends EventLog>(
  log: Late,
  { clock, logger }: { clock: Clock; logger: Logger },
): Late {
  let known: string | undefined;
  let said = -Infinity;

  const ask = cacheFor(
    async () => {
      try {
        known = await log.id();
        return known;
      } catch (error) {
        if (error instanceof Unavailable && clock.now() - said >= SAID_AGAIN) {
          said = clock.now();
          logger.warn("log-awaited", { reason: messageOf(error) });
        }
        throw error;
      }
    },
    BETWEEN,
    clock,
  );
  const id = async () => known ?? await withTimeout(MOMENT, clock, ask());

  return {
    ...log,
    id,
    async append(messages) {
      await id();
      await log.append(messages);
    },
    async lag(places) {
      await id();
      return await log.lag(places);
    },
  };
}

/** The log's id, as soon as it answers; what is no outage is thrown. Never resolves once the signal is aborted. */
export async function awaitLogId(log: EventLog, clock: Clock, signal: AbortSignal): Promise<string> {
  while (!signal.aborted) {
    try {
      const id = await log.id();
      if (!signal.aborted) return id;
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
    }
    await clock.sleep(MOMENT, signal);
  }
  return await new Promise<never>(() => {});
}
