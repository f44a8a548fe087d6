import { elapsedMs } from "@/application/elapsed.ts";
import type { Clock } from "@/application/ports.ts";
import type { Leases } from "./ports.ts";

export type LeaseDeps = {
  leases: Leases;
  name: string;
  owner: string;
  clock: Clock;
  /** How long it lasts without being renewed. */
  durationMs: number;
};

/** Work that a lease belongs to and that nobody does for longer stands still: every lease that a dead owner leaves has ended. */
export const MAX_VACANT_MS = 15_000;

/** One lease for a loop: taken when it is free, renewed when half of its time is over. */
export interface Lease {
  /** Takes or renews it when that is due. Returns its epoch, or undefined while another owner has it. */
  take(): Promise<number | undefined>;
  /** For how long it was seen to be refused although nobody alive has it. */
  vacantMs(): number;
  /** What transactions are fenced by. */
  epochs(): Map<string, number>;
  /** Makes the next `take` ask the store. */
  forget(): void;
  release(): Promise<void>;
}

/** A lease that is not held yet. */
export function createLease({ leases, name, owner, clock, durationMs }: LeaseDeps): Lease {
  let epoch: number | undefined;
  let renewedAt = -Infinity;
  let vacantSince: number | undefined;
  const hasOwner = async () => epoch !== undefined || (await leases.owners(name, durationMs)).has(name);
  return {
    async take() {
      if (epoch !== undefined && elapsedMs(clock, renewedAt) < durationMs / 2) return epoch;
      const begun = clock.now();
      epoch = (await leases.take(owner, [name], durationMs)).get(name);
      renewedAt = begun;
      vacantSince = await hasOwner() ? undefined : vacantSince ?? begun;
      return epoch;
    },
    vacantMs: () => vacantSince === undefined ? 0 : elapsedMs(clock, vacantSince),
    epochs: () => new Map(epoch === undefined ? [] : [[name, epoch]]),
    forget() {
      epoch = undefined;
    },
    release: () => leases.release(owner, [name]),
  };
}
