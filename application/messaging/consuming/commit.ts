import { defined } from "@/application/defined.ts";
import { originOf, type SpanOptions, type Tracer } from "@/application/tracing.ts";
import { decode } from "@/application/messaging/wire/codec.ts";
import type { ConsumerMeter } from "./meter.ts";
import { Fenced } from "@/application/faults.ts";
import type { ConsumerStores, Guard } from "./guard.ts";
import type { Clock, Logger } from "@/application/ports.ts";
import type { Incoming } from "@/application/messaging/wire/event_log.ts";
import type { DeadLetter, PositionKey } from "./ports.ts";
import { divide, type LetterStart, type Read } from "./classify.ts";
import type { Received, Sink } from "./sink.ts";

/**
 * Where a consumer reads: the position's key, where it stands, and the epoch that makes the consumer its owner. `waiting`: when
 * the first message that was delivered and is not settled came to the log (ms).
 */
export type OwnedPartition = { key: PositionKey; next: string | undefined; epoch: number; waiting?: number };

/** What came of one place, and how it was understood. */
export type Part = { place: OwnedPartition; messages: Incoming[]; reads: Read[] };

export type ApplyDeps = { sink: Sink; clock: Clock; logger: Logger; meter: ConsumerMeter; tracer: Tracer };

export interface Applier {
  /** Applies parts of places of one topic in one transaction. */
  apply(parts: Part[]): Promise<void>;
  count: { handled: number; skipped: number; parked: number };
}

/** The transaction found other keys held up than the consumer knew of. */
class HeldUpChanged extends Error {
  constructor(readonly heldUp: Set<string>) {
    super("other keys are held up");
  }
}

/** A part as it is to be stored. */
type Step = { place: OwnedPartition; next: string; taken: Received[]; letters: DeadLetter[]; skipped: number };

/** Applies parts: the effects, the letters and the positions in one transaction. */
export function createApplier({ sink, clock, logger, meter, tracer }: ApplyDeps): Applier {
  const count = { handled: 0, skipped: 0, parked: 0 };
  /** By topic, as last seen; every transaction checks it. */
  const heldUp = new Map<string, ReadonlySet<string>>();

  async function apply(parts: Part[]): Promise<void> {
    const { topic } = parts[0]!.place.key;
    const reads = parts.flatMap((part) => part.reads);
    const ordered = reads.flatMap(({ order, key }) => order === "by-key" && key !== undefined ? [key] : []);
    for (;;) {
      const known = heldUp.get(topic) ?? new Set();
      const steps = parts.map((part) => stepOf(part, known));
      const taken = steps.flatMap((step) => step.taken);
      const from = clock.now();
      try {
        const own = guard(steps, (found) => {
          if (ordered.some((key) => found.has(key) !== known.has(key))) throw new HeldUpChanged(found);
        });
        const repeated = await tracer.span(() => spanOf(parts), () => sink.handle(taken, own));
        for (const { place, next } of steps) place.next = next;
        told(steps, taken, repeated ?? [], clock.now() - from);
        return;
      } catch (error) {
        if (!(error instanceof HeldUpChanged)) throw error;
        heldUp.set(topic, error.heldUp);
      }
    }
  }

  function stepOf({ place, messages, reads }: Part, known: ReadonlySet<string>): Step {
    const { taken, letters, skipped } = divide(reads, known);
    return {
      ...{ place, next: messages.at(-1)!.next, taken, skipped },
      letters: letters.map((letter) => letterOf(place.key, letter)),
    };
  }

  const letterOf = (
    { consumer, version, logId }: PositionKey,
    { detail, ...rest }: LetterStart & { ordered: boolean },
  ): DeadLetter => ({ consumer, version, logId, ...rest, detail: detail.slice(0, 1000), at: clock.now() });

  function told(steps: Step[], taken: Received[], repeated: Received[], took: number): void {
    const letters = steps.flatMap((step) => step.letters);
    const skipped = steps.reduce((sum, step) => sum + step.skipped, 0);
    count.handled += taken.length;
    count.skipped += skipped;
    count.parked += letters.length;
    meter.applied({ taken, repeated, skipped, letters, took: took / 1_000 });
    for (const { consumer, message: { topic, partition, position, headers }, reason, detail } of letters) {
      const correlation = headers.ce_correlationid;
      const fields = { consumer, topic, partition, position, reason, detail, ...defined({ correlation }) };
      if (reason === "behind") logger.warn("message-waits", fields);
      else logger.error("message-parked", fields);
    }
  }

  return { apply, count };
}

/** `check` is given the keys that are held up in the places' topic. */
const guard = (steps: Step[], check: (heldUp: Set<string>) => void): Guard => ({
  failed: steps.flatMap(({ letters }) => letters).filter(({ reason }) => reason === "failed").flatMap(
    ({ message, detail }) => {
      const decoded = decode(message);
      return decoded.ok ? [{ envelope: decoded.value, detail }] : [];
    },
  ),
  async begin({ positions, deadLetters }: ConsumerStores) {
    for (const { place: { key, next, epoch } } of steps) {
      const stored = await positions.lock(key);
      if (stored?.epoch !== epoch || stored.next !== next) {
        throw new Fenced(`${key.consumer} no longer owns ${key.topic}/${key.partition}`);
      }
    }
    const { key } = steps[0]!.place;
    check(await deadLetters.blockedKeys(key, key.topic));
  },
  async end({ positions, deadLetters }: ConsumerStores) {
    for (const { place, next, letters } of steps) {
      for (const letter of letters) await deadLetters.park(letter);
      await positions.move(place.key, next);
    }
  },
});

/** One transaction as a span, by the field's conventions. */
function spanOf(parts: Part[]): SpanOptions {
  const messages = parts.flatMap((part) => part.messages);
  const { consumer, topic, partition } = parts[0]!.place.key;
  return {
    name: `process ${topic}`,
    kind: "consumer",
    ...originOf(messages),
    attributes: {
      "messaging.operation.type": "process",
      "messaging.destination.name": topic,
      ...(parts.length === 1 ? { "messaging.destination.partition.id": String(partition) } : {}),
      "messaging.consumer.group.name": consumer,
      "messaging.batch.message_count": messages.length,
    },
  };
}
