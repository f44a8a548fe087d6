import { elapsedMs } from "@/application/elapsed.ts";
import { MINUTE } from "@/domain/hours.ts";
import type { Clock, Logger } from "@/application/ports.ts";
import { remedyFor, type StuckPartition } from "@/application/messaging/wire/event_log.ts";
import type { Stuck } from "@/adapters/kafka/records/fetch_response.ts";

/** Pauses until a partition is tried again: somebody may have parked what is stuck, or mended its cause. */
const MIN_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 15_000;
/** When it is tried and nothing is heard of it for so long, there is nothing to read. */
const MAX_TRY_MS = 10_000;
/** How often it is logged that a partition is stuck. */
const LOG_INTERVAL_MS = 10 * MINUTE;

type Entry = { stuck: StuckPartition; pauseMs: number; loggedAt: number; triedAt: number | undefined };

/** Partitions of a member that are not read on, as what comes next cannot be read. */
export class StuckPartitions {
  readonly #deps: { clock: Clock; logger: Logger; group: string };
  readonly #entries = new Map<string, Entry>();
  /** Ends the waits for the next try. */
  #waiting = new AbortController();

  constructor(deps: { clock: Clock; logger: Logger; group: string }) {
    this.#deps = deps;
  }

  /** Notes that a partition is stuck, and waits until it is to be tried again. False when another assignment came before. */
  async hold(name: string, { first, next, reason }: Stuck): Promise<boolean> {
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

  /** Tries a stuck partition: it counts as stuck until it is read on. */
  try(name: string): void {
    const entry = this.#entries.get(name);
    if (entry !== undefined) entry.triedAt = this.#deps.clock.now();
  }

  /** The partition is read on from an offset, or is not to be read on for another reason. */
  readOn(name: string, from?: bigint): void {
    const entry = this.#entries.get(name);
    if (entry === undefined || from !== undefined && from <= BigInt(entry.stuck.position)) return;
    this.#entries.delete(name);
    this.#deps.logger.info("partition-freed", {
      group: this.#deps.group,
      partition: name,
      position: String(from ?? ""),
    });
  }

  /** Ends all waits. What is stuck is found again when it is read. */
  reassign(): void {
    this.#waiting.abort();
    this.#waiting = new AbortController();
  }

  /** Those of the partitions that are stuck. */
  among(names: string[]): StuckPartition[] {
    return names.flatMap((name) => {
      const { stuck, triedAt } = this.#entries.get(name) ?? {};
      if (triedAt !== undefined && elapsedMs(this.#deps.clock, triedAt) > MAX_TRY_MS) this.readOn(name);
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
