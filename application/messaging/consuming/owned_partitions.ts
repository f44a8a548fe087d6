import { Fenced, messageOf } from "@/application/faults.ts";
import type { Clock, Logger, UnitOfWork } from "@/application/ports.ts";
import { type Batch, type EmptyRange, partitionName } from "@/application/messaging/wire/event_log.ts";
import type { Committed, OwnedCursor } from "./commit.ts";
import type { Delivery } from "./delivery.ts";
import type { PartitionProgress } from "./lag.ts";
import type { ConsumerMeter } from "./meter.ts";
import type { ConsumerStores } from "./ports.ts";

type OwnedPartitionsDeps = {
  /** The consumer's name, its projection version, and this process's name as an owner. */
  consumer: string;
  version: number;
  owner: string;
  uow: UnitOfWork<ConsumerStores>;
  delivery: Delivery;
  maxMessages: number;
  stopping: AbortSignal;
  clock: Clock;
  logger: Logger;
  meter: ConsumerMeter;
};

/** `waitingSince`: when the first delivered but uncommitted message was appended. */
type Partition = { cursor: OwnedCursor; waitingSince: number | undefined };
type ConsumedCounts = { handled: number; skipped: number; parked: number };

/** The partitions that a consumer owns, by `topic/partition`. Cursors change only here, by a claim or a commit. */
export class OwnedPartitions {
  readonly #deps: OwnedPartitionsDeps;
  readonly #partitions = new Map<string, Partition>();
  /** Since when an outage holds each partition. The first delivery after it is a single message. */
  readonly #heldSince = new Map<string, number>();
  readonly #counts: ConsumedCounts = { handled: 0, skipped: 0, parked: 0 };

  constructor(deps: OwnedPartitionsDeps) {
    this.#deps = deps;
  }

  /** Claims a partition. Returns its stored position, or undefined for the beginning. */
  async open(at: { logId: string; topic: string; partition: number }): Promise<string | undefined> {
    const { consumer, version, owner, uow } = this.#deps;
    const key = { consumer, version, ...at };
    const claim = await uow.run((stores) => stores.positions.claim(key, owner));
    const name = partitionName(at);
    // When the stored position has moved, the failed commit was stored after all and only its answer was lost. So the partition is
    // no longer held. This is checked here, as no further message may arrive.
    if (claim.next !== this.#partitions.get(name)?.cursor.next) this.#heldSince.delete(name);
    this.#partitions.set(name, { cursor: { key, ...claim }, waitingSince: undefined });
    return claim.next;
  }

  /** Delivers a batch, or only its beginning when the consumer stops. Returns the next position. */
  async handle(batch: Batch): Promise<string> {
    const { clock, logger, meter, consumer } = this.#deps;
    const { topic, partition } = batch;
    const name = partitionName(batch);
    const begun = clock.now();
    try {
      const next = await this.#deliver(batch);
      const messages = batch.messages.length;
      logger.debug("batch-consumed", { consumer, topic, partition, messages, next, milliseconds: clock.now() - begun });
      return next;
    } catch (error) {
      if (error instanceof Fenced) this.#heldSince.delete(name);
      else if (!this.#heldSince.has(name)) this.#heldSince.set(name, clock.now());
      meter.held();
      logger.warn("consumer-held", { consumer, topic, partition, reason: messageOf(error) });
      throw error;
    }
  }

  /** Moves the position over offsets without messages. Throws `Fenced` when the stored position or its owner changed meanwhile. */
  async advance({ topic, partition, from, next }: EmptyRange): Promise<void> {
    const own = this.#partitions.get(partitionName({ topic, partition }));
    if (own === undefined || own.cursor.next !== from) {
      throw new Fenced(`advanced from ${from}, is at ${own?.cursor.next}`);
    }
    const { key, epoch } = own.cursor;
    await this.#deps.uow.run(async ({ positions }) => {
      const [stored] = await positions.lock([key]);
      if (stored?.epoch !== epoch || stored.next !== from) throw new Fenced(`${partitionName(key)} has another owner`);
      await positions.move([{ key, next }]);
    });
    own.cursor = { ...own.cursor, next };
  }

  async #deliver({ topic, partition, from, messages }: Batch): Promise<string> {
    const { delivery, maxMessages, stopping } = this.#deps;
    const name = partitionName({ topic, partition });
    const own = this.#partitions.get(name);
    if (own === undefined || own.cursor.next !== from) {
      throw new Fenced(`delivered from ${from}, wanted from ${own?.cursor.next}`);
    }
    let done = 0;
    // A stopping consumer begins no further chunk.
    while (done < messages.length && !(done > 0 && stopping.aborted)) {
      const alone = this.#heldSince.has(name);
      const chunk = messages.slice(done, done + (alone ? 1 : maxMessages));
      own.waitingSince = chunk[0]!.timestamp;
      for await (const committed of delivery.deliver(own.cursor, chunk, { alone })) {
        own.cursor = { ...own.cursor, next: committed.next };
        this.#count(committed);
      }
      own.waitingSince = undefined;
      done += chunk.length;
      this.#heldSince.delete(name);
    }
    return messages[done - 1]!.next;
  }

  #count({ handled, skipped, parked }: Committed): void {
    this.#counts.handled += handled;
    this.#counts.skipped += skipped;
    this.#counts.parked += parked;
  }

  /** Returns how many messages were handled, skipped and parked in all partitions that it has ever owned. */
  counts(): ConsumedCounts {
    return { ...this.#counts };
  }

  /** Returns since when one of these partitions is held, or undefined when none is. */
  heldSince(names: string[]): number | undefined {
    const since = names.flatMap((name) => this.#heldSince.get(name) ?? []);
    return since.length === 0 ? undefined : Math.min(...since);
  }

  /** Returns the progress of those of the partitions that are open. */
  progress(names: string[]): PartitionProgress[] {
    return names.flatMap((name) => {
      const own = this.#partitions.get(name);
      if (own === undefined) return [];
      const { key: { topic, partition }, next } = own.cursor;
      return [{ topic, partition, next, waitingSince: own.waitingSince }];
    });
  }
}
