import { messageOf } from "./faults.ts";
import type { Changes, Clock, EventLog, Leases, Log, OutboxQueue } from "./ports.ts";

export type RelayParts = {
  outbox: OutboxQueue;
  changes: Changes;
  leases: Leases;
  log: EventLog;
  clock: Clock;
  logger: Log;
  owner: string;
};

export interface Relay {
  state(): { healthy: boolean; relayed: number };
  stop(): Promise<void>;
}

const LEASE = 5_000;
const ROWS = 1_000;
const IDLE = 1_000;
const MOST_PAUSE = 2_000;

/**
 * Carries the outbox to the log in its order: append, then remove. A crash between the two sends rows again with the same
 * event ids, which consumers count once. One relay works at a time, by a lease.
 */
export function startRelay({ outbox, changes, leases, log, clock, logger, owner }: RelayParts): Relay {
  const stopping = new AbortController();
  let healthy = true;
  let relayed = 0;
  let leased = 0;

  async function holdsLease(): Promise<boolean> {
    const now = clock.now();
    if (leased - now > LEASE / 2) return true;
    if (!(await leases.take("relay", owner, now, now + LEASE))) return false;
    leased = now + LEASE;
    return true;
  }

  /** Moves one batch; says whether there was one. */
  async function carry(): Promise<boolean> {
    if (!(await holdsLease())) return false;
    const rows = await outbox.read(ROWS);
    if (rows.length === 0) return false;
    await log.append(rows.map(({ message }) => message));
    await outbox.remove(rows.map(({ row }) => row));
    relayed += rows.length;
    return true;
  }

  async function loop(): Promise<void> {
    let pause = 50;
    while (!stopping.signal.aborted) {
      try {
        if (!(await carry())) await changes.wait(IDLE, stopping.signal);
        healthy = true;
        pause = 50;
      } catch (error) {
        if (healthy) logger.warn("relay-held", { reason: messageOf(error) });
        healthy = false;
        leased = 0;
        await clock.sleep(pause, stopping.signal);
        pause = Math.min(MOST_PAUSE, pause * 2);
      }
    }
    await leases.release("relay", owner).catch((error) => logger.warn("lease-kept", { reason: messageOf(error) }));
  }

  const done = loop();
  return {
    state: () => ({ healthy, relayed }),
    stop: () => {
      stopping.abort();
      return done;
    },
  };
}
