import type { Clock } from "@/application/ports.ts";
import type { Leases } from "@/application/messaging/leases/ports.ts";
import { PACK_READER } from "./relay_owner.ts";
import { HELD_MS, PAUSE, SHARD } from "./shard_leases.ts";
import { ALL_SHARDS } from "./shards.ts";

type PauseDeps = { leases: Leases; clock: Clock; owner: string };

/** The relays could not be paused, or resumed too early. */
class NotPaused extends Error {
  override name = "NotPaused";
}

const RENEW_AFTER_MS = 1_500;
const LOOK_MS = 100;
/** Relays release their shards within two seconds. The leases of a dead relay expire. */
const MAX_WAIT_MS = HELD_MS + 4_000;
/** The leases of a pause. They include all shards, as a relay that has not seen the pause yet could take a free one. */
const NAMES = [PAUSE, ...ALL_SHARDS.map((at) => SHARD + at)];

/**
 * Does work while no relay sends. Events wait in the outbox meanwhile. `stillPaused` throws `NotPaused` when a relay may have sent
 * something since the work began.
 */
export async function withRelaysPaused<Value>(
  { leases, clock, owner: name }: PauseDeps,
  work: (stillPaused: () => Promise<void>) => Promise<Value>,
): Promise<Value> {
  // Owners without this prefix count as relays of versions before packs.
  const owner = PACK_READER + name;
  if (!(await leases.take(owner, [PAUSE], HELD_MS)).has(PAUSE)) {
    throw new NotPaused("another command has paused the relays: try again once it has ended");
  }
  const take = () => leases.take(owner, NAMES, HELD_MS);
  const over = new AbortController();
  const renewed = (async () => {
    while (!over.signal.aborted) {
      await clock.sleep(RENEW_AFTER_MS, over.signal);
      if (!over.signal.aborted) await take().catch(() => {});
    }
  })();
  try {
    const epochs = await takenBy(owner, take, { leases, clock });
    return await work(async () => {
      const now = await take().catch(() => new Map<string, number>());
      if (NAMES.every((name) => now.get(name) === epochs.get(name))) return;
      throw new NotPaused("the relays went on meanwhile, as the pause could not be renewed in time");
    });
  } finally {
    over.abort();
    await renewed;
    await leases.release(owner, NAMES);
  }
}

/** Waits until the owner has the pause and all shards. Returns their epochs. */
async function takenBy(
  owner: string,
  take: () => Promise<Map<string, number>>,
  { leases, clock }: Omit<PauseDeps, "owner">,
): Promise<Map<string, number>> {
  for (let waitedMs = 0;; waitedMs += LOOK_MS) {
    const taken = await take();
    if (taken.size === NAMES.length) return taken;
    if (waitedMs >= MAX_WAIT_MS) {
      const others = [...await leases.owners(SHARD, HELD_MS)].flatMap(([name, own]) => own === owner ? [] : [name]);
      throw new NotPaused(`a relay keeps on sending (${others.join(", ")}): stop it, its version knows no pause`);
    }
    await clock.sleep(LOOK_MS);
  }
}
