import type { LeaseDeps } from "./lease.ts";

/** `epochs`: the epochs that fence transactions. */
export type KeptLease = { epochs: Map<string, number>; release(): Promise<void> };

/**
 * Takes a lease and renews it until it is released. Returns undefined when another owner has it. Calls `onLost` when another owner
 * had it in between. An outage does not count as a loss, as transactions are fenced anyway.
 */
export async function keepLease(
  { name, leases, owner, clock, durationMs, onLost }: LeaseDeps & { onLost: () => void },
): Promise<KeptLease | undefined> {
  const released = new AbortController();
  const take = async () => (await leases.take(owner, [name], durationMs)).get(name);
  const epoch = await take();
  if (epoch === undefined) return undefined;

  async function renew(): Promise<void> {
    for (;;) {
      await clock.sleep(durationMs / 3, released.signal);
      if (released.signal.aborted) return;
      const current = await take().catch(() => epoch);
      if (current !== epoch) onLost();
    }
  }

  const renewing = renew();
  return {
    epochs: new Map([[name, epoch]]),
    async release() {
      released.abort();
      await renewing;
      await leases.release(owner, [name]).catch(() => {});
    },
  };
}
