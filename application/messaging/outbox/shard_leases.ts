import { Fenced } from "@/application/faults.ts";
import { elapsedMs } from "@/application/elapsed.ts";
import type { Clock } from "@/application/ports.ts";
import type { Leases } from "@/application/messaging/leases/ports.ts";
import { MAX_APPEND_MS } from "@/application/messaging/wire/event_log.ts";
import { PACK_READER } from "./relay_owner.ts";
import { ALL_SHARDS, SHARDS } from "./shards.ts";

/** How long a relay may rely on a lease after its renewal. In the store it lasts longer, by the longest append. */
const LEASE_MS = 3_000;
export const HELD_MS = LEASE_MS + MAX_APPEND_MS;
const RENEW_AFTER_MS = 1_500;
/** How often a relay with less than its share of shards looks for free ones. */
const REBALANCE_AFTER_MS = 100;

/** The name prefixes of all leases of relays, and of those for shards. */
export const RELAY_LEASES = "relay/";
export const SHARD = `${RELAY_LEASES}shard/`;
const SEAT = `${RELAY_LEASES}seat/`;
/** The lease that pauses relays: while it is taken, relays release their shards and take none. */
export const PAUSE = `${RELAY_LEASES}pause`;

type ShardLeasesDeps = { leases: Leases; clock: Clock; owner: string };

/**
 * The shards that a relay owns. Each live relay holds a seat. Relays share the shards evenly: each releases shards beyond its share
 * and takes free ones up to it. A lease outlives its owner's last append, so no two relays send for a shard at once.
 */
export class ShardLeases {
  readonly #leases: Leases;
  readonly #clock: Clock;
  readonly #owner: string;
  #seat: string | undefined;
  /** The epochs of the shards' leases, by name. */
  #epochsByShard = new Map<string, number>();
  #vacant: string[] = [];
  #vacantSince = 0;
  #share = SHARDS;
  #renewedAt = -Infinity;
  #rebalancedAt = -Infinity;

  constructor({ leases, clock, owner }: ShardLeasesDeps) {
    this.#leases = leases;
    this.#clock = clock;
    this.#owner = owner;
  }

  /** Renews the leases and rebalances the shards among the relays. Called between two batches. */
  async rebalance(): Promise<void> {
    const due = elapsedMs(this.#clock, this.#renewedAt) >= RENEW_AFTER_MS;
    if (due) await this.#renew();
    const wantsMore = this.#epochsByShard.size < this.#share &&
      elapsedMs(this.#clock, this.#rebalancedAt) >= REBALANCE_AFTER_MS;
    if (due || wantsMore) await this.#takeShare();
  }

  /** Renews the leases before an append, if due. Throws `Fenced` when another relay has had a shard. */
  async renewIfDue(): Promise<void> {
    if (elapsedMs(this.#clock, this.#renewedAt) >= RENEW_AFTER_MS) await this.#renew();
  }

  get shards(): number[] {
    return [...this.#epochsByShard.keys()].map((name) => Number(name.slice(SHARD.length)));
  }

  /** The epochs of the shards' leases, by name, to fence a transaction. */
  get epochs(): Map<string, number> {
    return new Map(this.#epochsByShard);
  }

  /** The shards that no relay owns, and how long there have been such shards. */
  get vacant(): { shards: number[]; ms: number } {
    const shards = this.#vacant.map((name) => Number(name.slice(SHARD.length)));
    return { shards, ms: shards.length === 0 ? 0 : elapsedMs(this.#clock, this.#vacantSince) };
  }

  /** Forgets its leases until the next rebalance. */
  forget(): void {
    this.#seat = undefined;
    this.#epochsByShard = new Map();
    this.#renewedAt = this.#rebalancedAt = -Infinity;
  }

  release(): Promise<void> {
    return this.#leases.release(this.#owner, this.#names());
  }

  #take(names: string[]): Promise<Map<string, number>> {
    return this.#leases.take(this.#owner, names, HELD_MS);
  }

  #names(): string[] {
    return [...(this.#seat === undefined ? [] : [this.#seat]), ...this.#epochsByShard.keys()];
  }

  async #renew(): Promise<void> {
    const begun = this.#clock.now();
    const names = this.#names();
    const taken = names.length === 0 ? new Map<string, number>() : await this.#take(names);
    if (this.#seat !== undefined && !taken.delete(this.#seat)) this.#seat = undefined;
    const lost = [...this.#epochsByShard].filter(([name, epoch]) => taken.get(name) !== epoch).map(([name]) => name);
    this.#epochsByShard = taken;
    this.#renewedAt = begun;
    if (lost.length > 0) throw new Fenced(`another relay had ${lost.join(", ")} in between`);
  }

  /** Takes free shards up to its share and releases those beyond it. */
  async #takeShare(): Promise<void> {
    this.#rebalancedAt = this.#clock.now();
    const owners = await this.#leases.owners(RELAY_LEASES, HELD_MS);
    const free = (prefix: string) =>
      ALL_SHARDS.map((at) => prefix + at).filter((name) => (owners.get(name) ?? this.#owner) === this.#owner);
    const seat = this.#seat === undefined ? await this.#takeSeat(free(SEAT)) : undefined;
    if (seat !== undefined) {
      this.#seat = seat;
      owners.set(seat, this.#owner);
    }
    // Relays of versions before packs keep their shards until they stop, and get no share.
    const seats = [...owners].filter(([name, owner]) => name.startsWith(SEAT) && owner.startsWith(PACK_READER));
    const isPaused = owners.has(PAUSE);
    this.#share = isPaused ? 0 : shareOf(this.#seat, seats.map(([name]) => name).sort());
    const surplus = [...this.#epochsByShard.keys()].slice(this.#share);
    for (const name of surplus) this.#epochsByShard.delete(name);
    if (surplus.length > 0) await this.#leases.release(this.#owner, surplus);
    const wanted = free(SHARD)
      .filter((name) => !this.#epochsByShard.has(name) && !surplus.includes(name))
      .slice(0, this.#share - this.#epochsByShard.size);
    const taken = wanted.length === 0 ? new Map<string, number>() : await this.#take(wanted);
    for (const [name, epoch] of taken) this.#epochsByShard.set(name, epoch);
    this.#noteVacant(isPaused ? [] : this.#unowned(owners));
  }

  #unowned(owners: Map<string, string>): string[] {
    const isAnothers = (name: string) => (owners.get(name) ?? this.#owner) !== this.#owner;
    return ALL_SHARDS.map((at) => SHARD + at).filter((name) => !this.#epochsByShard.has(name) && !isAnothers(name));
  }

  #noteVacant(vacant: string[]): void {
    if (this.#vacant.length === 0) this.#vacantSince = this.#clock.now();
    this.#vacant = vacant;
  }

  async #takeSeat(free: string[]): Promise<string | undefined> {
    for (const name of free) if ((await this.#take([name])).size > 0) return name;
  }
}

/** Returns a seat's even share of the shards, or 0 without a seat. */
function shareOf(seat: string | undefined, seats: string[]): number {
  if (seat === undefined) return 0;
  return Math.floor(SHARDS / seats.length) + (seats.indexOf(seat) < SHARDS % seats.length ? 1 : 0);
}
