import { defined } from "@/application/defined.ts";
import { originOf, type SpanParts, type Tracer } from "@/application/tracing.ts";
import { decode } from "./codec.ts";
import type { ConsumerMeter } from "./consumer_meter.ts";
import { Fenced, messageOf, Unavailable } from "./faults.ts";
import type { ConsumerStores, Guard } from "./guard.ts";
import type { Clock, Incoming, Letter, Log, PositionKey } from "./ports.ts";
import { createReader, type LetterStart, sorted } from "./read.ts";
import type { Received, Sink } from "./sink.ts";

/**
 * Where a consumer reads: the position's key, where it stands, and the epoch that makes the consumer its owner. `waiting`: when
 * the first message that was delivered and is not settled came to the log (ms).
 */
export type Place = { key: PositionKey; next: string | undefined; epoch: number; waiting?: number };

export type SettleParts = {
  sink: Sink;
  clock: Clock;
  logger: Log;
  /** Aborted when the consumer is to stop. */
  stopping: AbortSignal;
  meter: ConsumerMeter;
  tracer: Tracer;
};

export interface Settler {
  /** Applies the messages of a place, or sets aside those that cannot be; all of it once, whatever rejects. */
  settle(place: Place, messages: Incoming[]): Promise<void>;
  /** Nothing has succeeded lately. */
  struggles(): boolean;
  count: { handled: number; skipped: number; retried: number; parked: number };
}

/** Waits before a message that fails is tried again; then it is set aside. */
const RETRIES = [20, 100, 500];
/** After so many failures without a success between them the messages are hardly at fault: each then waits for longer. */
const IN_A_ROW = 5;
const FIRST_PAUSE = 1_000;
const MOST_PAUSE = 30_000;

/** The transaction found other keys held up than the consumer knew of. */
class HeldUpChanged extends Error {
  constructor(readonly heldUp: Set<string>) {
    super("other keys are held up");
  }
}

/** Settles chunks: the effects, the letters and the position in one transaction each. */
export function createSettler({ sink, clock, logger, stopping, meter, tracer }: SettleParts): Settler {
  const count = { handled: 0, skipped: 0, retried: 0, parked: 0 };
  /** By topic, as last seen; every transaction checks it. */
  const heldUp = new Map<string, ReadonlySet<string>>();
  const read = createReader(sink, clock);
  let failures = 0;

  /** A chunk that fails is halved until the message at fault stands alone. */
  async function settle(place: Place, messages: Incoming[]): Promise<void> {
    try {
      return await apply(place, messages);
    } catch (error) {
      if (error instanceof Fenced || error instanceof Unavailable) throw error;
      if (messages.length === 1) return await retryOrPark(place, messages[0]!, error);
      const half = Math.ceil(messages.length / 2);
      await settle(place, messages.slice(0, half));
      await settle(place, messages.slice(half));
    }
  }

  async function retryOrPark(place: Place, message: Incoming, first: unknown): Promise<void> {
    let last = first;
    const pauses = failures < IN_A_ROW ? RETRIES : [...RETRIES, longPause()];
    for (const pause of pauses) {
      await rest(pause);
      try {
        count.retried++;
        meter.retried(message);
        return await apply(place, [message]);
      } catch (error) {
        if (error instanceof Fenced || error instanceof Unavailable) throw error;
        last = error;
      }
    }
    failures++;
    const letter = { message, reason: "failed" as const, detail: messageOf(last), attempts: pauses.length + 1 };
    await apply(place, [message], letter);
  }

  function longPause(): number {
    logger.error("consumer-slowed", { failures, reason: "nothing succeeds, so that each message is tried for longer" });
    return Math.min(MOST_PAUSE, FIRST_PAUSE * 2 ** (failures - IN_A_ROW));
  }

  async function rest(pause: number): Promise<void> {
    await clock.sleep(pause, stopping);
    if (stopping.aborted) throw new Fenced("the consumer is stopping");
  }

  /** One transaction. `failed`: what the one message is set aside with. */
  async function apply(place: Place, messages: Incoming[], failed?: LetterStart): Promise<void> {
    const reads = messages.map((message) =>
      failed === undefined ? read(message) : { ...read(message), letter: failed }
    );
    const { topic } = place.key;
    const next = messages.at(-1)!.next;
    const ordered = reads.flatMap(({ order, key }) => order === "by-key" && key !== undefined ? [key] : []);
    for (;;) {
      const known = heldUp.get(topic) ?? new Set();
      const { taken, letters, skipped } = sorted(reads, known);
      const kept = letters.map((letter) => letterOf(place.key, letter));
      const from = clock.now();
      let repeated: Received[] | void;
      try {
        const own = guard(place, next, kept, (found) => {
          if (ordered.some((key) => found.has(key) !== known.has(key))) throw new HeldUpChanged(found);
        });
        repeated = await tracer.span(() => spanOf(place.key, messages), () => sink.handle(taken, own));
        place.next = next;
      } catch (error) {
        if (!(error instanceof HeldUpChanged)) throw error;
        heldUp.set(topic, error.heldUp);
        continue;
      }
      if (taken.length > 0) failures = 0;
      count.handled += taken.length;
      count.skipped += skipped;
      count.parked += kept.length;
      meter.applied({ taken, repeated: repeated ?? [], skipped, letters: kept, took: (clock.now() - from) / 1_000 });
      tell(kept);
      return;
    }
  }

  function guard(
    { key, next: from, epoch }: Place,
    next: string,
    letters: Letter[],
    check: (heldUp: Set<string>) => void,
  ): Guard {
    return {
      failed: letters.filter(({ reason }) => reason === "failed").flatMap(({ message, detail }) => {
        const decoded = decode(message);
        return decoded.ok ? [{ envelope: decoded.value, detail }] : [];
      }),
      async begin({ positions, deadLetters }: ConsumerStores) {
        const stored = await positions.lock(key);
        if (stored?.epoch !== epoch || stored.next !== from) {
          throw new Fenced(`${key.consumer} no longer owns ${key.topic}/${key.partition}`);
        }
        check(await deadLetters.heldUp(key, key.topic));
      },
      async end({ positions, deadLetters }: ConsumerStores) {
        for (const one of letters) await deadLetters.park(one);
        await positions.move(key, next);
      },
    };
  }

  const letterOf = (
    { consumer, version, logId }: PositionKey,
    { detail, ...rest }: LetterStart & { ordered: boolean },
  ) => ({
    consumer,
    version,
    logId,
    ...rest,
    detail: detail.slice(0, 1000),
    at: clock.now(),
  });

  function tell(letters: Letter[]): void {
    for (const { consumer, message: { topic, partition, position, headers }, reason, detail } of letters) {
      const correlation = headers.ce_correlationid;
      const fields = { consumer, topic, partition, position, reason, detail, ...defined({ correlation }) };
      if (reason === "behind") logger.warn("message-waits", fields);
      else logger.error("message-parked", fields);
    }
  }

  return { settle, struggles: () => failures >= IN_A_ROW, count };
}

/** One transaction as a span, by the field's conventions. */
const spanOf = ({ consumer, topic, partition }: PositionKey, messages: Incoming[]): SpanParts => ({
  name: `process ${topic}`,
  kind: "consumer",
  ...originOf(messages),
  attributes: {
    "messaging.operation.type": "process",
    "messaging.destination.name": topic,
    "messaging.destination.partition.id": String(partition),
    "messaging.consumer.group.name": consumer,
    "messaging.batch.message_count": messages.length,
  },
});
