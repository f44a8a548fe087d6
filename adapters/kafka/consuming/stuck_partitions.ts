import { elapsedMs } from "@/application/elapsed.ts";
import { MINUTE } from "@/domain/hours.ts";
import type { Clock, Logger } from "@/application/ports.ts";
import { remedyFor, type StuckPartition } from "@/application/messaging/wire/event_log.ts";
import type { Stuck } from "@/adapters/kafka/records/fetch_response.ts";

/** The pause before a stuck partition is retried: an operator may have parked the record or fixed the cause meanwhile. */
const MIN_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 15_000;
/** When a retry reports nothing for this long, the partition has nothing to read, so it is no longer stuck. */
const MAX_TRY_MS = 10_000;
/** How often it is logged that a partition is stuck. */
const LOG_INTERVAL_MS = 10 * MINUTE;

type Entry = { stuck: StuckPartition; pauseMs: number; loggedAt: number; triedAt: number | undefined };

/** The partitions of a member whose next record cannot be decoded. */
export class StuckPartitions {
  readonly #deps: { clock: Clock; logger: Logger; group: string };
  readonly #entries = new Map<string, Entry>();
  /** Aborts all pauses when partitions are reassigned. */
  #waiting = new AbortController();

  constructor(deps: { clock: Clock; logger: Logger; group: string }) {
    this.#deps = deps;
  }

  /** Records that a partition is stuck and waits until its next retry. Returns false when partitions were reassigned meanwhile. */
  async waitForRetry(name: string, { first, next, reason }: Stuck): Promise<boolean> {
    const { clock } = this.#deps;
    const { signal } = this.#waiting;
    const position = String(first);
    const known = this.#entries.get(name);
    const same = known?.stuck.position === position ? known : undefined;
    const remedy = remedyFor(name, position, { endIsKnown: next !== undefined });
    const entry = {
      stuck: { name, position, reason, remedy, since: same?.stuck.since ?? clock.now() },
      pauseMs: same === undefined ? MIN_PAUSE_MS : Math.min(MAX_PAUSE_MS, 2 * same.pauseMs),
      loggedAt: this.#log(same, { name, position, reason, remedy }),
      triedAt: undefined,
    };
    this.#entries.set(name, entry);
    await clock.sleep(entry.pauseMs, signal);
    return !signal.aborted;
  }

  /** Records that a stuck partition is retried. It stays stuck until it is read again. */
  retrying(name: string): void {
    const entry = this.#entries.get(name);
    if (entry !== undefined) entry.triedAt = this.#deps.clock.now();
  }

  /** Frees a partition that is read again at `from`, or that is no longer read at all (no `from`). */
  release(name: string, from?: bigint): void {
    const entry = this.#entries.get(name);
    if (entry === undefined || from !== undefined && from <= BigInt(entry.stuck.position)) return;
    this.#entries.delete(name);
    this.#deps.logger.info("partition-freed", {
      group: this.#deps.group,
      partition: name,
      position: String(from ?? ""),
    });
  }

  /** Aborts all pauses after a rebalance. The next read of a stuck partition reports it again. */
  reassign(): void {
    this.#waiting.abort();
    this.#waiting = new AbortController();
  }

  /** Returns those of the partitions that are stuck. */
  among(names: string[]): StuckPartition[] {
    return names.flatMap((name) => {
      const { stuck, triedAt } = this.#entries.get(name) ?? {};
      if (triedAt !== undefined && elapsedMs(this.#deps.clock, triedAt) > MAX_TRY_MS) this.release(name);
      return stuck !== undefined && this.#entries.has(name) ? [stuck] : [];
    });
  }

  #log(known: Entry | undefined, { name, ...stuck }: Omit<StuckPartition, "since">): number {
    const { clock, logger, group } = this.#deps;
    if (known?.stuck.reason === stuck.reason && elapsedMs(clock, known.loggedAt) < LOG_INTERVAL_MS) {
      return known.loggedAt;
    }
    logger.error("partition-stuck", { group, partition: name, ...stuck });
    return clock.now();
  }
}
