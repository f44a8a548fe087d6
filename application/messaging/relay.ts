import { noTelemetry, type Telemetry } from "@/application/telemetry.ts";
import { originOf } from "@/application/tracing.ts";
import { messageOf } from "./faults.ts";
import type { Changes, Clock, EventLog, Leases, Log, OutboxQueue, Outgoing } from "./ports.ts";

export type RelayParts = {
  outbox: OutboxQueue;
  changes: Changes;
  leases: Leases;
  log: EventLog;
  clock: Clock;
  logger: Log;
  owner: string;
  telemetry?: Telemetry;
};

export interface Relay {
  /** `heldSince`: since when (ms) it cannot go on. */
  state(): { healthy: boolean; heldSince: number | undefined; relayed: number };
  stop(): Promise<void>;
}

const LEASE = 5_000;
const ROWS = 1_000;
const IDLE = 1_000;
const MOST_PAUSE = 2_000;

/**
 * Carries the outbox to the log in its order: append, then remove. A crash between the two sends rows again with the same
 * event ids, which consumers count once. One relay works at a time, by a lease.
 */
export function startRelay(parts: RelayParts): Relay {
  const { outbox, changes, leases, log, clock, logger, owner, telemetry: { meter, tracer } = noTelemetry } = parts;
  const stopping = new AbortController();
  let heldSince: number | undefined;
  let relayed = 0;
  let leased = 0;

  async function holdsLease(): Promise<boolean> {
    const now = clock.now();
    if (leased - now > LEASE / 2) return true;
    if (!(await leases.take("relay", owner, now, now + LEASE))) return false;
    leased = now + LEASE;
    return true;
  }

  /** Moves one batch; says whether there was one. */
  async function carry(): Promise<boolean> {
    if (!(await holdsLease())) return false;
    const rows = await outbox.read(ROWS);
    if (rows.length === 0) return false;
    await send(rows.map(({ message }) => message));
    await outbox.remove(rows.map(({ row }) => row));
    relayed += rows.length;
    meter.add("bookstream_relay_messages_total", {}, rows.length);
    return true;
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

  async function loop(): Promise<void> {
    let pause = 50;
    while (!stopping.signal.aborted) {
      try {
        if (!(await carry())) await changes.wait(IDLE, stopping.signal);
        heldSince = undefined;
        pause = 50;
      } catch (error) {
        if (heldSince === undefined) logger.warn("relay-held", { reason: messageOf(error) });
        heldSince ??= clock.now();
        meter.add("bookstream_relay_errors_total", {});
        leased = 0;
        await clock.sleep(pause, stopping.signal);
        pause = Math.min(MOST_PAUSE, pause * 2);
      }
    }
    await leases.release("relay", owner).catch((error) => logger.warn("lease-kept", { reason: messageOf(error) }));
  }

  const done = loop();
  return {
    state: () => ({ healthy: heldSince === undefined, heldSince, relayed }),
    stop: () => {
      stopping.abort();
      return done;
    },
  };
}
