import { elapsedMs } from "@/application/elapsed.ts";
import { Backlogged } from "@/application/faults.ts";
import type { Clock, UnitOfWork } from "@/application/ports.ts";
import type { OutboxQueue } from "./ports.ts";

/** How long a count of the outbox is cached. */
const MAX_COUNT_AGE_MS = 1_000;

/** The default limit of events that wait for the log. */
export const MAX_OUTBOX_ROWS = 1_000_000;

/** Applies back-pressure: at the limit of events that wait for the log, no new ones are accepted. */
export interface Backlog {
  /** Rejects with `Backlogged` while the limit is reached. */
  check(): Promise<void>;
}

/**
 * Creates a backlog that counts the outbox on demand, at most once a second. Counting a large outbox is slow, so it counts only
 * when `sizeAtMost`, an upper bound, reaches the limit. The bound is far too high while old rows wait.
 */
export function createBacklog(
  { outbox, most, clock }: { outbox: OutboxQueue; most: number; clock: Clock },
): Backlog {
  let counted = { full: false, rows: 0 };
  let countedAt = -Infinity;
  let counting: Promise<void> | undefined;

  async function count(): Promise<void> {
    const atMost = await outbox.sizeAtMost();
    const rows = atMost < most ? atMost : await outbox.size();
    counted = { full: rows >= most, rows };
    countedAt = clock.now();
  }

  return {
    async check() {
      if (elapsedMs(clock, countedAt) >= MAX_COUNT_AGE_MS) {
        await (counting ??= count().finally(() => counting = undefined));
      }
      if (counted.full) {
        throw new Backlogged(
          `the event log has taken nothing for a while: ${counted.rows} events wait for it, the most that may (OUTBOX_MOST)`,
        );
      }
    },
  };
}

/** Wraps a unit of work to begin no transaction while the backlog is full. */
export const refuseWhenFull = <Stores>(uow: UnitOfWork<Stores>, backlog: Backlog): UnitOfWork<Stores> => ({
  async run(work, options) {
    await backlog.check();
    return await uow.run(work, options);
  },
});
