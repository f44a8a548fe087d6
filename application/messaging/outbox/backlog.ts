import { Backlogged } from "@/application/faults.ts";
import type { Clock, UnitOfWork } from "@/application/ports.ts";
import type { OutboxQueue } from "./ports.ts";

/** How long what was seen of the outbox holds (ms), so that a request costs nothing. */
const HOLDS = 1_000;

/** How many events may wait where no setting says otherwise. */
export const MAX_OUTBOX_ROWS = 1_000_000;

/** How many events wait for the log at most; beyond that nothing new is taken. */
export interface Backlog {
  /** Rejects with `Backlogged` while as many events wait as may. */
  check(): Promise<void>;
}

/**
 * Watches the outbox, about once a second and only when somebody asks. The rows are counted only where their numbers' span
 * says that there may be too many: it is wider than they are many when older rows than most still wait.
 */
export function createBacklog(
  { outbox, most, clock }: { outbox: OutboxQueue; most: number; clock: Clock },
): Backlog {
  let seen = { full: false, rows: 0 };
  let looked = -Infinity;
  let looking: Promise<void> | undefined;

  async function look(): Promise<void> {
    const atMost = await outbox.atMost();
    const rows = atMost < most ? atMost : await outbox.size();
    seen = { full: rows >= most, rows };
    looked = clock.now();
  }

  return {
    async check() {
      if (Math.abs(clock.now() - looked) >= HOLDS) await (looking ??= look().finally(() => looking = undefined));
      if (seen.full) {
        throw new Backlogged(
          `the event log has taken nothing for a while: ${seen.rows} events wait for it, the most that may (OUTBOX_MOST)`,
        );
      }
    },
  };
}

/** A unit of work that begins no transaction while the backlog is full. */
export const refuseWhenFull = <Stores>(uow: UnitOfWork<Stores>, backlog: Backlog): UnitOfWork<Stores> => ({
  async run(work) {
    await backlog.check();
    return await uow.run(work);
  },
});
