import type { Clock } from "@/application/ports.ts";
import type { Leases } from "@/application/messaging/leases/ports.ts";

/** How long a rebuild that is killed keeps others from it (ms). */
const LEASE = 5_000;

export type LeaseDeps = { name: string; leases: Leases; owner: string; clock: Clock; stopping: AbortController };

/** `epochs`: what a transaction has to be fenced by. */
export type RebuildLease = { epochs: Map<string, number>; release(): Promise<void> };

/**
 * Takes a lease and keeps it until it is released; undefined when somebody else has it. One that is lost aborts `stopping`, also
 * when it is free again by then. A store that does not answer aborts nothing: no transaction of another owner's time is stored
 * anyway.
 */
export async function keepLease(
  { name, leases, owner, clock, stopping }: LeaseDeps,
): Promise<RebuildLease | undefined> {
  const over = new AbortController();
  const take = async () => (await leases.take(owner, [name], LEASE)).get(name);
  const epoch = await take();
  if (epoch === undefined) return undefined;

  async function renew(): Promise<void> {
    for (;;) {
      await clock.sleep(LEASE / 3, over.signal);
      if (over.signal.aborted) return;
      const now = await take().catch(() => epoch);
      if (now !== epoch) stopping.abort(new Error("another process has begun a rebuild"));
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
