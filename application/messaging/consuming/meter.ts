import type { Meter } from "@/application/metrics.ts";
import type { Incoming } from "@/application/messaging/wire/event_log.ts";
import type { DeadLetter } from "./ports.ts";
import type { Received } from "./sink.ts";

/** What one transaction of a consumer came to; `took` in seconds. `repeated`: of the taken, those that had their effect before. */
export type Applied = { taken: Received[]; repeated: Received[]; skipped: number; letters: DeadLetter[]; took: number };

export interface ConsumerMeter {
  applied(applied: Applied): void;
  /** A message that failed is tried again. */
  retried(message: Incoming): void;
  /** A batch was given up, to be delivered again. */
  held(): void;
}

/** Counts what a consumer does. `types`: those that it knows; others are counted together, as their names are not ours. */
export function createConsumerMeter(meter: Meter, consumer: string, types: string[]): ConsumerMeter {
  const known = new Set(types);
  const typeOf = ({ headers }: Incoming): string => known.has(headers.ce_type ?? "") ? headers.ce_type! : "other";
  const messages = (type: string, outcome: string, by: number) => {
    if (by > 0) meter.add("bookstream_consumer_messages_total", { consumer, type, outcome }, by);
  };
  return {
    applied({ taken, repeated, skipped, letters, took }: Applied): void {
      const before = new Set(repeated);
      const handled = new Map<string, { fresh: number; again: number }>();
      for (const received of taken) {
        const { type } = received.envelope;
        const count = handled.get(type) ?? { fresh: 0, again: 0 };
        if (before.has(received)) count.again++;
        else count.fresh++;
        handled.set(type, count);
      }
      for (const [type, { fresh, again }] of handled) {
        messages(type, "handled", fresh);
        messages(type, "duplicate", again);
      }
      messages("other", "skipped", skipped);
      for (const { message, reason } of letters) {
        messages(typeOf(message), "parked", 1);
        meter.add("bookstream_consumer_parked_total", { consumer, type: typeOf(message), reason });
      }
      meter.observe("bookstream_consumer_transaction_seconds", { consumer }, took);
      meter.observe("bookstream_consumer_batch_messages", { consumer }, taken.length + skipped + letters.length);
    },
    retried: (message: Incoming) => meter.add("bookstream_consumer_retries_total", { consumer, type: typeOf(message) }),
    held: () => meter.add("bookstream_consumer_holds_total", { consumer }),
  };
}
