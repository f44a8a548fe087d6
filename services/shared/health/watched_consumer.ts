import { partitionName } from "@/application/messaging/wire/event_log.ts";
import { cacheFor } from "@/application/shared/concurrency/cache.ts";
import { withTimeout } from "@/application/shared/concurrency/timeout.ts";
import type { RunningConsumer } from "@/application/messaging/consuming/consumer.ts";
import type { Lag } from "@/application/messaging/consuming/lag.ts";
import { stallOf } from "@/application/messaging/consuming/stalls.ts";
import type { Clock, Logger } from "@/application/ports.ts";

/** How often the partitions are checked without a request, so that a stall is logged. */
const INTERVAL_MS = 5_000;
/** How long a measurement is reused, and how long a new one may take before the last one is returned. */
const MAX_AGE_MS = 1_000;
const CHECK_TIMEOUT_MS = 500;

/**
 * Wraps a consumer to measure its lag at intervals, so that stalled partitions are logged without a request. While the log does not
 * answer, `lag` returns the last measurement. It rejects only before the first one.
 */
export function watchedConsumer(
  consumer: RunningConsumer,
  { clock, logger }: { clock: Clock; logger: Logger },
): RunningConsumer {
  const stopping = new AbortController();
  let last: Lag[] | undefined;
  let standing = new Set<string>();

  const measure = cacheFor(
    async () => {
      last = await consumer.lag();
      logStalls(last);
      return last;
    },
    MAX_AGE_MS,
    clock,
  );

  function logStalls(partitions: Lag[]): void {
    const now = new Set<string>();
    for (const one of partitions) {
      const reason = stallOf(one);
      if (reason === undefined) continue;
      const { topic, partition, messages } = one;
      now.add(partitionName(one));
      if (standing.has(partitionName(one))) continue;
      logger.error("partition-stands-still", { consumer: consumer.name, topic, partition, messages, reason });
    }
    standing = now;
  }

  async function lag(): Promise<Lag[]> {
    try {
      return await withTimeout(CHECK_TIMEOUT_MS, clock, measure());
    } catch (error) {
      if (last === undefined) throw error;
      return last;
    }
  }

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      await measure().catch(() => {});
      await clock.sleep(INTERVAL_MS, stopping.signal);
    }
  }

  const done = loop();
  return {
    ...consumer,
    lag,
    async stop() {
      stopping.abort();
      await consumer.stop();
      await done;
    },
  };
}
