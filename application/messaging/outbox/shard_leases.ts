import { Fenced } from "@/application/faults.ts";
import type { Clock } from "@/application/ports.ts";
import type { Leases } from "@/application/messaging/leases/ports.ts";
import { MAX_APPEND_MS } from "@/application/messaging/wire/event_log.ts";
import { ALL_SHARDS, SHARDS } from "./shards.ts";

/** How long after it was renewed a lease lasts (ms); the store keeps it for the longest append beyond. */
const LEASE = 3_000;
const RENEW = 1_500;
/** How often whoever has fewer shards than its share looks for free ones (ms). */
const LOOK = 100;

const SHARD = "relay/shard/";
const SEAT = "relay/seat/";

/** The shards of the outbox that a relay owns. */
export interface ShardLeases {
  /** Renews what is held and settles with the other relays who has which shards. Called between two batches. */
  settle(): Promise<void>;
  /** Makes sure that an append may begin. Throws `Fenced` when a shard is another's by now. */
  keep(): Promise<void>;
  shards(): number[];
  /** Epochs of the shards' leases, by name. */
  epochs(): Map<string, number>;
  /** Forgets what it holds, until it has settled again. */
  forget(): void;
  release(): Promise<void>;
}

/**
 * Relays share the shards evenly. Each takes a seat, which shows that it is alive, gives back the shards beyond its share, and
 * takes free ones up to it; there are as many seats as shards. A lease outlives the last append that its owner may have
 * begun, so that no two relays send for one shard at a time.
 */
export function createShardLeases(leases: Leases, clock: Clock, owner: string): ShardLeases {
  let seat: string | undefined;
  let held = new Map<string, number>();
  let share = SHARDS;
  let renewed = -Infinity;
  let looked = -Infinity;

  /** Time since, also when the clock was set back. */
  const since = (then: number) => Math.abs(clock.now() - then);
  const take = (names: string[]) => leases.take(owner, names, LEASE + MAX_APPEND_MS);
  const own = () => [...(seat === undefined ? [] : [seat]), ...held.keys()];

  async function renew(): Promise<void> {
    const begun = clock.now();
    const names = own();
    const taken = names.length === 0 ? new Map<string, number>() : await take(names);
    if (seat !== undefined && !taken.delete(seat)) seat = undefined;
    const lost = [...held].filter(([name, epoch]) => taken.get(name) !== epoch).map(([name]) => name);
    held = taken;
    renewed = begun;
    if (lost.length > 0) throw new Fenced(`another relay had ${lost.join(", ")} in between`);
  }

  /** Takes what is free for this one, or its own already. */
  async function shareOut(): Promise<void> {
    looked = clock.now();
    const owners = await leases.held("relay/");
    const open = (prefix: string) =>
      ALL_SHARDS.map((at) => prefix + at).filter((name) => (owners.get(name) ?? owner) === owner);
    for (const name of seat === undefined ? open(SEAT) : []) {
      if ((await take([name])).size === 0) continue;
      seat = name;
      owners.set(name, owner);
      break;
    }
    const seats = [...owners.keys()].filter((name) => name.startsWith(SEAT)).sort();
    share = seat === undefined
      ? 0
      : Math.floor(SHARDS / seats.length) + (seats.indexOf(seat) < SHARDS % seats.length ? 1 : 0);
    const surplus = [...held.keys()].slice(share);
    for (const name of surplus) held.delete(name);
    if (surplus.length > 0) await leases.release(owner, surplus);
    const wanted = open(SHARD).filter((name) => !held.has(name) && !surplus.includes(name)).slice(0, share - held.size);
    if (wanted.length > 0) { for (const [name, epoch] of await take(wanted)) held.set(name, epoch); }
  }

  return {
    async settle() {
      const due = since(renewed) >= RENEW;
      if (due) await renew();
      if (due || (held.size < share && since(looked) >= LOOK)) await shareOut();
    },
    async keep() {
      if (since(renewed) >= RENEW) await renew();
    },
    shards: () => [...held.keys()].map((name) => Number(name.slice(SHARD.length))),
    epochs: () => new Map(held),
    forget() {
      seat = undefined;
      held = new Map();
      renewed = looked = -Infinity;
    },
    release: () => leases.release(owner, own()),
  };
}
