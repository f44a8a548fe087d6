import type { Meter } from "@/application/shared/observability/metrics.ts";
import type { Incoming } from "@/application/messaging/wire/event_log.ts";
import type { DeadLetter } from "./ports.ts";
import type { Received } from "./sink.ts";

/** What one transaction of a consumer did, and how long it took. `repeated`: the received messages that were duplicates. */
type CommitReport = {
  received: Received[];
  repeated: Received[];
  skipped: number;
  deadLetters: DeadLetter[];
  seconds: number;
};

export interface ConsumerMeter {
  committed(report: CommitReport): void;
  /** Counts the retry of a failed message. */
  retried(message: Incoming): void;
  /** Counts a batch that failed and will be delivered again. */
  held(): void;
}

/** Creates the metrics of a consumer. `types`: those it knows. All others count as "other", as anybody may send any type. */
export function createConsumerMeter(meter: Meter, consumer: string, types: string[]): ConsumerMeter {
  const known = new Set(types);
  const typeOf = ({ headers }: Incoming): string => known.has(headers.ce_type ?? "") ? headers.ce_type! : "other";
  const count = (type: string, outcome: string, by: number) => {
    if (by > 0) meter.add("bookstream_consumer_messages_total", { consumer, type, outcome }, by);
  };
  return {
    committed({ received, repeated, skipped, deadLetters, seconds }) {
      const again = new Set(repeated);
      const handled = new Map<string, { fresh: number; again: number }>();
      for (const one of received) {
        const { type } = one.envelope;
        const counts = handled.get(type) ?? { fresh: 0, again: 0 };
        if (again.has(one)) counts.again++;
        else counts.fresh++;
        handled.set(type, counts);
      }
      for (const [type, { fresh, again }] of handled) {
        count(type, "handled", fresh);
        count(type, "duplicate", again);
      }
      count("other", "skipped", skipped);
      for (const { message, reason } of deadLetters) {
        count(typeOf(message), "parked", 1);
        meter.add("bookstream_consumer_parked_total", { consumer, type: typeOf(message), reason });
      }
      meter.observe("bookstream_consumer_transaction_seconds", { consumer }, seconds);
      meter.observe(
        "bookstream_consumer_batch_messages",
        { consumer },
        received.length + skipped + deadLetters.length,
      );
    },
    retried: (message: Incoming) => meter.add("bookstream_consumer_retries_total", { consumer, type: typeOf(message) }),
    held: () => meter.add("bookstream_consumer_holds_total", { consumer }),
  };
}
