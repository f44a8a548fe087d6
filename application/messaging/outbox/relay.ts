import { noTelemetry, type Telemetry } from "@/application/shared/observability/telemetry.ts";
import { elapsedMs } from "@/application/elapsed.ts";
import { Fenced, messageOf } from "@/application/faults.ts";
import type { Changes, Clock, Logger, UnitOfWork } from "@/application/ports.ts";
import type { EventLog } from "@/application/messaging/wire/event_log.ts";
import { MAX_VACANT_MS } from "@/application/messaging/leases/lease.ts";
import type { Leases } from "@/application/messaging/leases/ports.ts";
import type { OutboxQueue, OutboxRow } from "./ports.ts";
import { PACK_READER } from "./relay_owner.ts";
import { type RelayStores, removeRows } from "./remove.ts";
import { sendRows, type Sent } from "./send.ts";
import { ShardLeases } from "./shard_leases.ts";

type RelayDeps = {
  outbox: OutboxQueue;
  uow: UnitOfWork<RelayStores>;
  changes: Changes;
  leases: Leases;
  log: EventLog;
  clock: Clock;
  logger: Logger;
  owner: string;
  telemetry?: Telemetry;
};

/**
 * `heldSince`: since when it cannot send. `stuckMs`: how long ago its current round began. `vacant`: shards that no relay owns
 * although every lease of a dead relay has expired.
 */
type RelayState = {
  healthy: boolean;
  heldSince: number | undefined;
  stuckMs: number;
  vacant: number[];
  relayed: number;
  refused: number;
  shards: number;
};
export interface Relay {
  state(): RelayState;
  stop(): Promise<void>;
}

/** The limits of one append. The bytes stay below the 1 MiB that a broker accepts for one partition. */
const MAX_BATCH_ROWS = 1_000;
const MAX_BATCH_BYTES = 900_000;
/** The waits while the outbox is empty. They start short, as a commit of another process may not wake this one. */
const MIN_WAIT_MS = 10;
const MAX_WAIT_MS = 1_000;
/** The pauses after a failure. A relay resumes at the latest this long after the log or the store is back. */
const MIN_PAUSE_MS = 50;
const MAX_PAUSE_MS = 500;

/**
 * Sends the outbox to the log, in order within each key: read, send, remove. After a crash rows are sent again with the same
 * event ids, which consumers handle once. Several relays share the shards; removals are fenced by the leases' epochs.
 * A row that the log refuses becomes a dead letter with its bytes, and the rows after it are sent.
 */
export function startRelay(deps: RelayDeps): Relay {
  const relay = new RunningRelay(deps);
  const done = relay.run();
  return {
    state: () => relay.state(),
    stop: () => {
      relay.stop();
      return done;
    },
  };
}

class RunningRelay {
  readonly #deps: RelayDeps & { telemetry: Telemetry };
  readonly #leases: ShardLeases;
  readonly #stopping = new AbortController();
  readonly #count = { relayed: 0, refused: 0 };
  #heldSince: number | undefined;
  /** When the current round began. */
  #roundAt: number;
  #saidVacant = false;

  constructor(deps: RelayDeps) {
    this.#deps = { telemetry: noTelemetry, ...deps };
    this.#roundAt = deps.clock.now();
    this.#leases = new ShardLeases({ ...deps, owner: PACK_READER + deps.owner });
  }

  state(): RelayState {
    const heldSince = this.#heldSince;
    return {
      healthy: heldSince === undefined,
      heldSince,
      stuckMs: elapsedMs(this.#deps.clock, this.#roundAt),
      vacant: this.#vacantTooLong(),
      ...this.#count,
      shards: this.#leases.shards.length,
    };
  }

  #vacantTooLong(): number[] {
    const { shards, ms } = this.#leases.vacant;
    return ms >= MAX_VACANT_MS ? shards : [];
  }

  stop(): void {
    this.#stopping.abort();
  }

  /** Relays batch after batch until it is stopped, then releases its shards. Never rejects. */
  async run(): Promise<void> {
    const { changes, clock, logger } = this.#deps;
    const { signal } = this.#stopping;
    let pause = MIN_PAUSE_MS;
    let wait = MIN_WAIT_MS;
    while (!signal.aborted) {
      this.#roundAt = clock.now();
      try {
        if (await this.#relayBatch()) wait = MIN_WAIT_MS;
        else {
          await changes.wait(wait, signal);
          wait = Math.min(MAX_WAIT_MS, wait * 2);
        }
        this.#heldSince = undefined;
        pause = MIN_PAUSE_MS;
      } catch (error) {
        if (error instanceof Fenced) {
          logger.warn("relay-fenced", { reason: error.message });
          this.#leases.forget();
          continue;
        }
        this.#hold(error);
        await clock.sleep(pause, signal);
        pause = Math.min(MAX_PAUSE_MS, pause * 2);
      }
    }
    await this.#leases.release().catch((error) => logger.warn("lease-kept", { reason: messageOf(error) }));
  }

  /** Relays one batch. Returns whether there was one. */
  async #relayBatch(): Promise<boolean> {
    const rows = await this.#read();
    if (rows.length === 0) return false;
    const { log, clock, logger, telemetry } = this.#deps;
    const begun = clock.now();
    const renewIfDue = () => this.#leases.renewIfDue();
    for await (const sent of sendRows({ log, clock, telemetry, renewIfDue }, rows)) {
      // Lets consumers in this process read the appended messages first.
      await clock.sleep(0);
      await this.#remove(sent);
    }
    const { shards } = this.#leases;
    logger.debug("outbox-relayed", { messages: rows.length, shards, milliseconds: clock.now() - begun });
    return true;
  }

  async #read(): Promise<OutboxRow[]> {
    await this.#leases.rebalance();
    this.#logVacant();
    const { shards } = this.#leases;
    if (shards.length === 0) return [];
    return await this.#deps.outbox.read(shards, { rows: MAX_BATCH_ROWS, bytes: MAX_BATCH_BYTES });
  }

  async #remove(sent: Sent): Promise<void> {
    const { uow, clock, logger, telemetry } = this.#deps;
    const { relayed, refused } = await removeRows({ uow, epochs: this.#leases.epochs, now: clock.now() }, sent);
    this.#count.relayed += relayed.length;
    this.#count.refused += refused.length;
    if (relayed.length > 0) telemetry.meter.add("bookstream_relay_messages_total", {}, relayed.length);
    for (const { message: { topic, position }, detail } of refused) {
      logger.error("message-refused", { topic, row: position, reason: detail });
    }
  }

  #logVacant(): void {
    const shards = this.#vacantTooLong();
    if (shards.length > 0 && !this.#saidVacant) this.#deps.logger.error("shards-vacant", { shards });
    this.#saidVacant = shards.length > 0;
  }

  #hold(error: unknown): void {
    const { clock, logger, telemetry } = this.#deps;
    if (this.#heldSince === undefined) logger.warn("relay-held", { reason: messageOf(error) });
    this.#heldSince ??= clock.now();
    telemetry.meter.add("bookstream_relay_errors_total", {});
  }
}
