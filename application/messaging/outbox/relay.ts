import { noTelemetry, type Telemetry } from "@/application/telemetry.ts";
import { originOf } from "@/application/tracing.ts";
import { Fenced, messageOf, Refused } from "@/application/faults.ts";
import type { Changes, Clock, Logger, UnitOfWork } from "@/application/ports.ts";
import type { DeadLetter, DeadLetters } from "@/application/messaging/consuming/ports.ts";
import type { EventLog, Outgoing } from "@/application/messaging/wire/event_log.ts";
import type { Fence, Leases } from "@/application/messaging/leases/ports.ts";
import type { Outbox, OutboxQueue } from "./ports.ts";
import { createShardLeases } from "./shard_leases.ts";
import { shardOf } from "./shards.ts";

/** What the relay needs in a transaction. */
export type RelayStores = { outbox: Outbox; deadLetters: DeadLetters; fence: Fence };

export type RelayDeps = {
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

export interface Relay {
  /** `heldSince`: since when (ms) it cannot go on. */
  state(): { healthy: boolean; heldSince: number | undefined; relayed: number; refused: number; shards: number };
  stop(): Promise<void>;
}

type Row = { row: string; message: Outgoing };

/** Whose letters the refused rows are. */
export const RELAY = "relay";

/** One append: large enough to be cheap, smaller than what a broker takes at once for one partition (1 MiB). */
const BATCH = { rows: 1_000, bytes: 900_000 };
/** Waits for news while there is nothing to send: short ones first, as another process's commit may not wake this one (ms). */
const FIRST_WAIT = 10;
const MOST_WAIT = 1_000;
/** Waits after a failure (ms). */
const FIRST_PAUSE = 50;
const MOST_PAUSE = 2_000;

/**
 * Carries the outbox to the log, in its order within each key: append, then remove. A crash between the two sends rows again
 * with the same event ids, which consumers count once. Several relays share the shards; each row's removal is fenced by the
 * epoch of its shard's lease. A row that the log refuses is set aside with its bytes, and those behind it go on.
 */
export function startRelay(deps: RelayDeps): Relay {
  const { outbox, uow, changes, leases, log, clock, logger, owner } = deps;
  const { meter, tracer } = deps.telemetry ?? noTelemetry;
  const stopping = new AbortController();
  const owned = createShardLeases(leases, clock, owner);
  const count = { relayed: 0, refused: 0 };
  let heldSince: number | undefined;

  /** Moves one batch; says whether there was one. */
  async function carry(): Promise<boolean> {
    await owned.settle();
    const shards = owned.shards();
    if (shards.length === 0) return false;
    const rows = await outbox.read(shards, BATCH);
    if (rows.length > 0) await carryOver(rows);
    return rows.length > 0;
  }

  /** Appends and removes the rows; what is refused is halved until the row at fault stands alone. */
  async function carryOver(rows: Row[]): Promise<void> {
    await owned.keep();
    try {
      await send(rows.map(({ message }) => message));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (rows.length === 1) return await setAside(rows[0]!, error);
      const half = Math.ceil(rows.length / 2);
      await carryOver(rows.slice(0, half));
      return await carryOver(rows.slice(half));
    }
    await settle(rows, []);
    count.relayed += rows.length;
    meter.add("bookstream_relay_messages_total", {}, rows.length);
  }

  /** Appends the messages, each with the span of this hop; where they started stays in their envelopes. */
  async function send(messages: Outgoing[]): Promise<void> {
    const from = clock.now();
    const span = () => ({
      name: "send outbox",
      kind: "producer" as const,
      ...originOf(messages),
      attributes: { "messaging.operation.type": "send", "messaging.batch.message_count": messages.length },
    });
    await tracer.span(span, () => {
      const traceparent = tracer.current();
      if (traceparent === undefined) return log.append(messages);
      return log.append(messages.map((one) => ({ ...one, headers: { ...one.headers, traceparent } })));
    });
    meter.observe("bookstream_relay_batch_messages", {}, messages.length);
    meter.observe("bookstream_relay_append_seconds", {}, (clock.now() - from) / 1_000);
  }

  async function setAside(row: Row, error: Error): Promise<void> {
    const letter = letterOf(row, error, clock.now());
    await settle([row], [letter]);
    count.refused++;
    logger.error("message-refused", { topic: row.message.topic, row: row.row, reason: letter.detail });
  }

  /** One transaction: the rows go, the letters stay, unless a shard has another owner by now. */
  const settle = (rows: Row[], letters: DeadLetter[]): Promise<void> =>
    uow.run(async (stores) => {
      await stores.fence.check(owned.epochs());
      for (const letter of letters) await stores.deadLetters.park(letter);
      await stores.outbox.remove(rows.map(({ row }) => row));
    });

  async function loop(): Promise<void> {
    let pause = FIRST_PAUSE;
    let wait = FIRST_WAIT;
    while (!stopping.signal.aborted) {
      try {
        if (await carry()) wait = FIRST_WAIT;
        else {
          await changes.wait(wait, stopping.signal);
          wait = Math.min(MOST_WAIT, wait * 2);
        }
        heldSince = undefined;
        pause = FIRST_PAUSE;
      } catch (error) {
        if (error instanceof Fenced) {
          logger.warn("relay-fenced", { reason: error.message });
          owned.forget();
          continue;
        }
        if (heldSince === undefined) logger.warn("relay-held", { reason: messageOf(error) });
        heldSince ??= clock.now();
        meter.add("bookstream_relay_errors_total", {});
        await clock.sleep(pause, stopping.signal);
        pause = Math.min(MOST_PAUSE, pause * 2);
      }
    }
    await owned.release().catch((error) => logger.warn("lease-kept", { reason: messageOf(error) }));
  }

  const done = loop();
  return {
    state: () => ({ healthy: heldSince === undefined, heldSince, ...count, shards: owned.shards().length }),
    stop: () => {
      stopping.abort();
      return done;
    },
  };
}

/** A row that the log refuses, as a letter: its place is its shard and its number. */
const letterOf = ({ row, message }: Row, error: Error, now: number): DeadLetter => ({
  consumer: RELAY,
  version: 1,
  logId: "",
  message: {
    ...message,
    partition: shardOf(message.key),
    position: row,
    next: String(Number(row) + 1),
    timestamp: now,
  },
  reason: "refused",
  detail: error.message.slice(0, 1000),
  attempts: 1,
  at: now,
  ordered: false,
});
