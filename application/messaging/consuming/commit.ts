import { originOf, type SpanOptions, type Tracer } from "@/application/shared/observability/tracing.ts";
import { decode } from "@/application/messaging/wire/codec.ts";
import type { ConsumerMeter } from "./meter.ts";
import { Fenced } from "@/application/faults.ts";
import type { Clock, Logger } from "@/application/ports.ts";
import type { ConsumerStores, DeadLetter, PositionKey } from "./ports.ts";
import { type Classified, divide, type Parked } from "./classify.ts";
import type { Failed, Handling, Received, Sink } from "./sink.ts";
import { logParked } from "./log_parked.ts";

/** A consumer's next position in a partition, and the epoch of its ownership. */
export type OwnedCursor = Readonly<{ key: PositionKey; next: string | undefined; epoch: number }>;

/** Messages of one partition that begin at its cursor, at least one. */
export type PartitionBatch = { cursor: OwnedCursor; messages: Classified[] };

/** What a transaction did with one partition's messages, and the partition's next position. */
export type Committed = { next: string; handled: number; skipped: number; parked: number };

/**
 * Commits batches of one topic's partitions in one transaction and returns the result of each. Throws `Fenced` when a partition
 * has another owner. When it rejects, nothing is stored, unless the commit succeeded and its answer was lost.
 */
export type Commit = (batches: PartitionBatch[]) => Promise<Committed[]>;

export type CommitDeps = {
  sink: Sink<ConsumerStores>;
  clock: Clock;
  logger: Logger;
  meter: ConsumerMeter;
  tracer: Tracer;
};

/** A batch, divided for its commit. */
type Step = { cursor: OwnedCursor; next: string; received: Received[]; deadLetters: DeadLetter[]; skipped: number };

/** The transaction has found other blocked keys than the consumer knew. */
class BlockedKeysChanged extends Error {
  constructor(readonly found: Set<string>) {
    super("other keys are blocked");
  }
}

/** Creates a function that commits the effects, the dead letters and the positions of batches in one transaction. */
export function createCommit({ sink, clock, logger, meter, tracer }: CommitDeps): Commit {
  /** The blocked keys by topic, as last read. Every transaction verifies them. */
  const blockedKeys = new Map<string, ReadonlySet<string>>();

  async function store(batches: PartitionBatch[], known: ReadonlySet<string>): Promise<Step[]> {
    const steps = batches.map((batch) => planStep(batch, known, clock.now()));
    const received = steps.flatMap((step) => step.received);
    const begun = clock.now();
    const handling = handlingOf(steps, received, (found) => {
      const changed = (key: string) => found.has(key) !== known.has(key);
      if (orderedKeys(batches).some(changed)) throw new BlockedKeysChanged(found);
    });
    const repeated = await tracer.span(() => spanOf(batches), () => sink.handle(handling));
    const deadLetters = steps.flatMap((step) => step.deadLetters);
    const skipped = steps.reduce((sum, step) => sum + step.skipped, 0);
    meter.committed({ received, repeated, skipped, deadLetters, seconds: (clock.now() - begun) / 1_000 });
    logParked(logger, deadLetters);
    return steps;
  }

  return async (batches) => {
    const { topic } = batches[0]!.cursor.key;
    for (;;) {
      try {
        const steps = await store(batches, blockedKeys.get(topic) ?? new Set());
        return steps.map(({ next, received, skipped, deadLetters }) => ({
          next,
          handled: received.length,
          skipped,
          parked: deadLetters.length,
        }));
      } catch (error) {
        if (!(error instanceof BlockedKeysChanged)) throw error;
        blockedKeys.set(topic, error.found);
      }
    }
  };
}

const orderedKeys = (batches: PartitionBatch[]): string[] =>
  batches.flatMap(({ messages }) =>
    messages.flatMap(({ order, key }) => order === "by-key" && key !== undefined ? [key] : [])
  );

function planStep({ cursor, messages }: PartitionBatch, blockedKeys: ReadonlySet<string>, now: number): Step {
  const { received, parked, skipped } = divide(messages, blockedKeys);
  const deadLetters = parked.map((one) => deadLetterOf(cursor.key, one, now));
  return { cursor, next: messages.at(-1)!.message.next, received, deadLetters, skipped };
}

const deadLetterOf = ({ consumer, version, logId }: PositionKey, parked: Parked, now: number): DeadLetter => ({
  consumer,
  version,
  logId,
  ...parked,
  detail: parked.detail.slice(0, 1000),
  at: now,
});

/** Guards the effects: locks all positions, checks their epochs, and passes the topic's blocked keys to `check`. */
const handlingOf = (
  steps: Step[],
  received: Received[],
  check: (blockedKeys: Set<string>) => void,
): Handling<ConsumerStores> => ({
  received,
  failed: steps.flatMap(({ deadLetters }) => deadLetters.flatMap(failedOf)),
  async before({ positions, deadLetters }) {
    const stored = await positions.lock(steps.map(({ cursor }) => cursor.key));
    for (const [at, { cursor: { key, next, epoch } }] of steps.entries()) {
      if (stored[at]?.epoch === epoch && stored[at].next === next) continue;
      throw new Fenced(`${key.consumer} no longer owns ${key.topic}/${key.partition}`);
    }
    const { key } = steps[0]!.cursor;
    check(await deadLetters.blockedKeys(key, key.topic));
  },
  async after({ positions, deadLetters }) {
    for (const { deadLetters: parked } of steps) {
      for (const deadLetter of parked) await deadLetters.park(deadLetter);
    }
    await positions.move(steps.map(({ cursor: { key }, next }) => ({ key, next })));
  },
});

function failedOf({ message, reason, detail }: DeadLetter): Failed[] {
  if (reason !== "failed") return [];
  const decoded = decode(message);
  return decoded.ok ? [{ envelope: decoded.value, detail }] : [];
}

/** Returns the span of one transaction, by OpenTelemetry's messaging conventions. */
function spanOf(batches: PartitionBatch[]): SpanOptions {
  const messages = batches.flatMap((batch) => batch.messages.map(({ message }) => message));
  const { consumer, topic, partition } = batches[0]!.cursor.key;
  return {
    name: `process ${topic}`,
    kind: "consumer",
    ...originOf(messages),
    attributes: {
      "messaging.operation.type": "process",
      "messaging.destination.name": topic,
      ...(batches.length === 1 ? { "messaging.destination.partition.id": String(partition) } : {}),
      "messaging.consumer.group.name": consumer,
      "messaging.batch.message_count": messages.length,
    },
  };
}
