import { Fenced } from "@/application/faults.ts";
import type { Clock } from "@/application/ports.ts";
import type { Leases } from "@/application/messaging/leases/ports.ts";
import { MAX_APPEND_MS } from "@/application/messaging/wire/event_log.ts";
import { ALL_SHARDS, SHARDS } from "./shards.ts";

/** How long after it was renewed a lease lasts; the store keeps it for the longest append beyond. */
const LEASE_MS = 3_000;
const RENEW_AFTER_MS = 1_500;
/** How often a relay that has fewer shards than its share asks for free ones. */
const REBALANCE_AFTER_MS = 100;

const SHARD = "relay/shard/";
const SEAT = "relay/seat/";

type ShardLeasesDeps = { leases: Leases; clock: Clock; owner: string };

/**
 * The shards of the outbox that a relay owns. Relays share them evenly: each takes a seat, which shows that it is alive, gives
 * back the shards beyond its share, and takes free ones up to it; there are as many seats as shards. A lease outlives the last
 * append that its owner may have begun, so that no two relays send for one shard at a time.
 */
export class ShardLeases {
  readonly #leases: Leases;
  readonly #clock: Clock;
  readonly #owner: string;
  #seat: string | undefined;
  /** Epochs of the shards' leases, by name. */
  #held = new Map<string, number>();
  #share = SHARDS;
  #renewedAt = -Infinity;
  #rebalancedAt = -Infinity;

  constructor({ leases, clock, owner }: ShardLeasesDeps) {
    this.#leases = leases;
    this.#clock = clock;
    this.#owner = owner;
  }

  /** Renews what is held and shares the shards with the other relays. Called between two batches. */
  async rebalance(): Promise<void> {
    const due = this.#since(this.#renewedAt) >= RENEW_AFTER_MS;
    if (due) await this.#renew();
    const wantsMore = this.#held.size < this.#share && this.#since(this.#rebalancedAt) >= REBALANCE_AFTER_MS;
    if (due || wantsMore) await this.#takeShare();
  }

  /** Makes sure that an append may begin. Throws `Fenced` when a shard is another's by now. */
  async renewIfDue(): Promise<void> {
    if (this.#since(this.#renewedAt) >= RENEW_AFTER_MS) await this.#renew();
  }

  get shards(): number[] {
    return [...this.#held.keys()].map((name) => Number(name.slice(SHARD.length)));
  }

  /** What a transaction is fenced by: the epochs of the shards' leases, by name. */
  get epochs(): Map<string, number> {
    return new Map(this.#held);
  }

  /** Forgets what it holds, until the next rebalance. */
  forget(): void {
    this.#seat = undefined;
    this.#held = new Map();
    this.#renewedAt = this.#rebalancedAt = -Infinity;
  }

  release(): Promise<void> {
    return this.#leases.release(this.#owner, this.#names());
  }

  /** Time since, also when the clock was set back. */
  #since(then: number): number {
    return Math.abs(this.#clock.now() - then);
  }

  #take(names: string[]): Promise<Map<string, number>> {
    return this.#leases.take(this.#owner, names, LEASE_MS + MAX_APPEND_MS);
  }

  #names(): string[] {
    return [...(this.#seat === undefined ? [] : [this.#seat]), ...this.#held.keys()];
  }

  async #renew(): Promise<void> {
    const begun = this.#clock.now();
    const names = this.#names();
    const taken = names.length === 0 ? new Map<string, number>() : await this.#take(names);
    if (this.#seat !== undefined && !taken.delete(this.#seat)) this.#seat = undefined;
    const lost = [...this.#held].filter(([name, epoch]) => taken.get(name) !== epoch).map(([name]) => name);
    this.#held = taken;
    this.#renewedAt = begun;
    if (lost.length > 0) throw new Fenced(`another relay had ${lost.join(", ")} in between`);
  }

  /** Takes what is free for this relay, or its own already, up to its share; gives back what is beyond. */
  async #takeShare(): Promise<void> {
    this.#rebalancedAt = this.#clock.now();
    const owners = await this.#leases.owners("relay/");
    const free = (prefix: string) =>
      ALL_SHARDS.map((at) => prefix + at).filter((name) => (owners.get(name) ?? this.#owner) === this.#owner);
    const taken = this.#seat === undefined ? await this.#takeSeat(free(SEAT)) : undefined;
    if (taken !== undefined) {
      this.#seat = taken;
      owners.set(taken, this.#owner);
    }
    this.#share = shareOf(this.#seat, [...owners.keys()].filter((name) => name.startsWith(SEAT)).sort());
    const surplus = [...this.#held.keys()].slice(this.#share);
    for (const name of surplus) this.#held.delete(name);
    if (surplus.length > 0) await this.#leases.release(this.#owner, surplus);
    const wanted = free(SHARD)
      .filter((name) => !this.#held.has(name) && !surplus.includes(name))
      .slice(0, this.#share - this.#held.size);
    if (wanted.length === 0) return;
    for (const [name, epoch] of await this.#take(wanted)) this.#held.set(name, epoch);
  }

  async #takeSeat(free: string[]): Promise<string | undefined> {
    for (const name of free) if ((await this.#take([name])).size > 0) return name;
  }
}

/** How many shards belong to a seat when all seats share them evenly; none without a seat. */
function shareOf(seat: string | undefined, seats: string[]): number {
  if (seat === undefined) return 0;
  return Math.floor(SHARDS / seats.length) + (seats.indexOf(seat) < SHARDS % seats.length ? 1 : 0);
}
