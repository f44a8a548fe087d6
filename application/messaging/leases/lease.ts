import type { Clock } from "@/application/ports.ts";
import type { Leases } from "./ports.ts";

export type LeaseDeps = {
  leases: Leases;
  name: string;
  owner: string;
  clock: Clock;
  /** How long it lasts without being renewed (ms). */
  lasts: number;
};

/** One lease that a loop goes on with: taken when it is free, renewed when half of its time is over. */
interface Lease {
  /** Takes or renews it where that is due; its epoch, or undefined while somebody else has it. */
  take(): Promise<number | undefined>;
  /** What a transaction has to be fenced by. */
  epochs(): Map<string, number>;
  /** Asks the store the next time. */
  forget(): void;
  release(): Promise<void>;
}

/** A lease that is not held yet. */
export function createLease({ leases, name, owner, clock, lasts }: LeaseDeps): Lease {
  let epoch: number | undefined;
  let renewed = -Infinity;
  return {
    async take() {
      // As a distance, so that a clock that is set back makes it due.
      if (epoch !== undefined && Math.abs(clock.now() - renewed) < lasts / 2) return epoch;
      const begun = clock.now();
      epoch = (await leases.take(owner, [name], lasts)).get(name);
      renewed = begun;
      return epoch;
    },
    epochs: () => new Map(epoch === undefined ? [] : [[name, epoch]]),
    forget() {
      epoch = undefined;
    },
    release: () => leases.release(owner, [name]),
  };
}
