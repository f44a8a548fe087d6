import { messageOf } from "@/application/faults.ts";
import type { Clock } from "@/application/ports.ts";
import type { Leases } from "@/application/messaging/leases/ports.ts";
import { PACK_READER } from "./relay_owner.ts";
import { HELD_MS, PAUSE, SHARD } from "./shard_leases.ts";

type PauseDeps = { leases: Leases; clock: Clock; owner: string };

/** The pause did not come, or did not last. */
class NotPaused extends Error {
  override name = "NotPaused";
}

const RENEW_AFTER_MS = 1_500;
const LOOK_MS = 100;
/** Relays release their shards within two seconds, and those of a dead one end by themselves. */
const MAX_WAIT_MS = HELD_MS + 4_000;

/**
 * Does work while no relay sends. Events wait in the outbox meanwhile, in their order. `stillPaused` throws `NotPaused` unless no
 * relay has sent anything since the work began.
 */
export async function withRelaysPaused<Value>(
  { leases, clock, owner: name }: PauseDeps,
  work: (stillPaused: () => Promise<void>) => Promise<Value>,
): Promise<Value> {
  // Relays of versions before packs are known by owners of another kind.
  const owner = PACK_READER + name;
  const take = async () => (await leases.take(owner, [PAUSE], HELD_MS)).get(PAUSE);
  const epoch = await take();
  if (epoch === undefined) throw new NotPaused("another command has paused the relays: try again once it has ended");
  const over = new AbortController();
  const renewed = (async () => {
    while (!over.signal.aborted) {
      await clock.sleep(RENEW_AFTER_MS, over.signal);
      if (!over.signal.aborted) await take().catch(() => {});
    }
  })();
  try {
    await untilReleased(leases, clock);
    return await work(async () => {
      const now = await take().catch((error) => messageOf(error));
      if (now !== epoch) throw new NotPaused("the relays went on meanwhile, as the pause could not be renewed in time");
    });
  } finally {
    over.abort();
    await renewed;
    await leases.release(owner, [PAUSE]);
  }
}

async function untilReleased(leases: Leases, clock: Clock): Promise<void> {
  for (let waitedMs = 0;; waitedMs += LOOK_MS) {
    const owners = await leases.owners(SHARD, HELD_MS);
    if (owners.size === 0) return;
    if (waitedMs >= MAX_WAIT_MS) {
      throw new NotPaused(
        `a relay keeps on sending (${[...owners.keys()].join(", ")}): stop it, its version knows no pause`,
      );
    }
    await clock.sleep(LOOK_MS);
  }
}
