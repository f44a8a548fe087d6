import { elapsedMs } from "@/application/elapsed.ts";
import type { Clock } from "@/application/ports.ts";
import type { Leases } from "./ports.ts";

export type LeaseDeps = {
  leases: Leases;
  name: string;
  owner: string;
  clock: Clock;
  /** How long the lease lasts without a renewal. */
  durationMs: number;
};

/** Leased work without an owner for this long is stalled, as every lease of a dead owner has expired by then. */
export const MAX_VACANT_MS = 15_000;

/** The lease of a loop. It is taken when it is free and renewed after half of its duration. */
export interface Lease {
  /** Takes the lease, or renews it when that is due. Returns its epoch, or undefined while another owner has it. */
  take(): Promise<number | undefined>;
  /** Returns how long the lease could not be taken although no live owner has it. */
  vacantMs(): number;
  /** Returns the epochs that fence transactions. */
  epochs(): Map<string, number>;
  /** Makes the next `take` ask the store. */
  forget(): void;
  release(): Promise<void>;
}

/** Creates a lease that is not taken yet. */
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
