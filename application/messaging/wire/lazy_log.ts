import { MINUTE } from "@/domain/hours.ts";
import { cacheFor } from "@/application/shared/concurrency/cache.ts";
import { elapsedMs } from "@/application/elapsed.ts";
import { withTimeout } from "@/application/shared/concurrency/timeout.ts";
import { messageOf, Unavailable } from "@/application/faults.ts";
import type { Clock, Logger } from "@/application/ports.ts";
import type { EventLog } from "./event_log.ts";

/** How long a call waits for a log that has not answered yet, and the least interval between two questions to it. */
const CALL_TIMEOUT_MS = 500;
const MIN_ASK_INTERVAL_MS = 1_000;
/** How often the log line `log-awaited` is repeated. */
const LOG_INTERVAL_MS = 10 * MINUTE;
/** How often `awaitLogId` asks the log. */
const RETRY_MS = 500;

/** Wraps a log that may not answer at start. Until its first answer, calls fail with `Unavailable` within half a second. */
export function createLazyLog<Late extends EventLog>(
  log: Late,
  { clock, logger }: { clock: Clock; logger: Logger },
): Late {
  let known: string | undefined;
  let loggedAt = -Infinity;

  const ask = cacheFor(
    async () => {
      try {
        known = await log.id();
        return known;
      } catch (error) {
        if (error instanceof Unavailable && elapsedMs(clock, loggedAt) >= LOG_INTERVAL_MS) {
          loggedAt = clock.now();
          logger.warn("log-awaited", { reason: messageOf(error) });
        }
        throw error;
      }
    },
    MIN_ASK_INTERVAL_MS,
    clock,
  );
  const id = async () => known ?? await withTimeout(CALL_TIMEOUT_MS, clock, ask());

  return {
    ...log,
    id,
    async append(messages) {
      await id();
      await log.append(messages);
    },
    async partitions(topics) {
      await id();
      return await log.partitions(topics);
    },
    async lag(cursors) {
      await id();
      return await log.lag(cursors);
    },
  };
}

/** Waits until the log answers and returns its id. Throws errors other than an outage. Never resolves after an abort. */
export async function awaitLogId(log: EventLog, clock: Clock, signal: AbortSignal): Promise<string> {
  while (!signal.aborted) {
    try {
      const id = await log.id();
      if (!signal.aborted) return id;
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
    }
    await clock.sleep(RETRY_MS, signal);
  }
  return await new Promise<never>(() => {});
}
