import { noTelemetry, type Telemetry } from "@/application/shared/observability/telemetry.ts";
import { originOf } from "@/application/shared/observability/tracing.ts";
import { Refused } from "@/application/faults.ts";
import type { Clock } from "@/application/ports.ts";
import type { EventLog, Outgoing } from "@/application/messaging/wire/event_log.ts";
import type { OutboxRow } from "./ports.ts";

type SendDeps = {
  log: Pick<EventLog, "append">;
  clock: Clock;
  telemetry?: Telemetry;
  /** Renews the leases before an append, if due. Throws `Fenced` when one is lost. */
  renewIfDue(): Promise<void>;
};

/** Rows that the log has appended, or one that it refuses for good. */
export type Sent = { kind: "sent"; rows: OutboxRow[] } | { kind: "refused"; row: OutboxRow; error: Refused };

/**
 * Appends rows to the log in order and yields the results. The caller removes each result before it asks for the next. Rows with a
 * refused one are halved until it is alone, so that the others are sent. Throws other errors of `append`.
 */
export async function* sendRows(deps: SendDeps, rows: OutboxRow[]): AsyncGenerator<Sent> {
  await deps.renewIfDue();
  try {
    await append(deps, rows.map(({ message }) => message));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (rows.length === 1) return yield { kind: "refused", row: rows[0]!, error };
    const half = Math.ceil(rows.length / 2);
    yield* sendRows(deps, rows.slice(0, half));
    return yield* sendRows(deps, rows.slice(half));
  }
  yield { kind: "sent", rows };
}

/** Appends messages with the trace context of this hop in their headers. Their envelopes keep the original context. */
async function append({ log, clock, telemetry = noTelemetry }: SendDeps, messages: Outgoing[]): Promise<void> {
  const { meter, tracer } = telemetry;
  const begun = clock.now();
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
  meter.observe("bookstream_relay_append_seconds", {}, (clock.now() - begun) / 1_000);
}
