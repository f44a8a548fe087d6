import type { LeaseDeps } from "./lease.ts";

/** `epochs`: what a transaction has to be fenced by. */
export type KeptLease = { epochs: Map<string, number>; release(): Promise<void> };

/**
 * Takes a lease and keeps it by itself until it is released; undefined when somebody else has it. `lost` is told of one that is
 * lost, also when it is free again by then. A store that does not answer loses nothing: no transaction of another owner's time is
 * stored anyway.
 */
export async function keepLease(
  { name, leases, owner, clock, lasts, lost }: LeaseDeps & { lost: () => void },
): Promise<KeptLease | undefined> {
  const over = new AbortController();
  const take = async () => (await leases.take(owner, [name], lasts)).get(name);
  const epoch = await take();
  if (epoch === undefined) return undefined;

  async function renew(): Promise<void> {
    for (;;) {
      await clock.sleep(lasts / 3, over.signal);
      if (over.signal.aborted) return;
      const now = await take().catch(() => epoch);
      if (now !== epoch) lost();
    }
  }

  const renewing = renew();
  return {
    epochs: new Map([[name, epoch]]),
    async release() {
      over.abort();
      await renewing;
      await leases.release(owner, [name]).catch(() => {});
    },
  };
}
