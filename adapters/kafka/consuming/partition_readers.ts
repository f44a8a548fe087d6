import type { Consumer as Client, EachBatchPayload } from "kafkajs";
import { messageOf } from "@/application/faults.ts";
import type { Clock } from "@/application/ports.ts";
import {
  type Incoming,
  partitionName,
  type StuckPartition,
  type Subscription,
} from "@/application/messaging/wire/event_log.ts";
import { type KafkaConnection, prefixTopic } from "@/adapters/kafka/connection/client.ts";
import { messagesFrom, type ResumePoint, resumePointAt, skipTimestampCheck } from "./resume_point.ts";
import { keepAlive } from "./heartbeat.ts";
import type { ReadTo } from "./offset_gauge.ts";
import { SkippedOffsets } from "./skipped_offsets.ts";
import { positionOf } from "@/adapters/kafka/offsets/position.ts";
import { messagesOf } from "./incoming.ts";
import { stuckOf } from "@/adapters/kafka/kafkajs_patches/own_decoder.ts";
import type { Stuck } from "@/adapters/kafka/records/fetch_response.ts";
import { StuckPartitions } from "./stuck_partitions.ts";
import { endsOf, type Watermarks } from "@/adapters/kafka/offsets/watermarks.ts";

const MIN_PAUSE_MS = 50;
const MAX_PAUSE_MS = 2_000;
/** The most messages of one `handle`, as many as a projection commits in one transaction. A stop takes effect between slices. */
const MAX_SLICE_MESSAGES = 1_000;

/**
 * A fetched batch that begins with `first`. `stuck`: why nothing after its messages can be decoded.
 * `isOver` returns true when the member stops or no longer owns the partition.
 */
type Fetched = {
  topic: string;
  partition: number;
  name: string;
  topicOnCluster: string;
  first: Incoming;
  messages: Incoming[];
  stuck: Stuck | undefined;
  client: Client;
  payload: EachBatchPayload;
  isOver(): boolean;
};

/** Reads the partitions of a member from the position that `open` returns. Partitions are named `topic/partition`. */
export class PartitionReaders {
  readonly #deps: KafkaConnection & { clock: Clock; watermarks: Watermarks };
  readonly #subscription: Subscription;
  readonly #stopping: AbortSignal;
  /** Where each partition opened in this assignment is resumed. */
  readonly #opened = new Map<string, ResumePoint>();
  /** How long a partition pauses after its next failure. */
  readonly #pauses = new Map<string, number>();
  readonly #halted = new Set<string>();
  readonly #skipped = new SkippedOffsets();
  /** The work in progress by partition: a batch is handled, or a position moves over offsets without messages. */
  readonly #inProgress = new Map<string, Promise<void>>();
  readonly #stuck: StuckPartitions;
  #handled = 0;

  constructor(
    deps: KafkaConnection & { clock: Clock; watermarks: Watermarks },
    subscription: Subscription,
    stopping: AbortSignal,
  ) {
    this.#deps = deps;
    this.#subscription = subscription;
    this.#stopping = stopping;
    this.#stuck = new StuckPartitions({ ...deps, group: subscription.group });
    stopping.addEventListener("abort", () => this.#stuck.reassign());
  }

  /** Makes each partition reopen with its next batch after a rebalance. Resumes stuck partitions too, but not halted ones. */
  reopenAll(client: Client): void {
    this.#opened.clear();
    this.#skipped.clear();
    this.#stuck.reassign();
    client.resume(
      client.paused().map(({ topic, partitions }) => ({
        topic,
        partitions: partitions.filter((one) => !this.#halted.has(`${this.ownTopic(topic)}/${one}`)),
      })),
    );
  }

  /** How many slices were handled so far. */
  get handled(): number {
    return this.#handled;
  }

  /** Returns those of the partitions whose next record cannot be decoded. */
  stuck(names: string[]): StuckPartition[] {
    return this.#stuck.among(names);
  }

  /** Returns the stored position of each opened partition, by the topic's name on the cluster. */
  positions(): ReadTo[] {
    return [...this.#opened].flatMap(([name, { from }]) =>
      from === undefined ? [] : [{ ...this.#onCluster(name), offset: String(positionOf(from).offset) }]
    );
  }

  /** Whether a batch is being handled. */
  get busy(): boolean {
    return this.#inProgress.size > 0;
  }

  /** Resolves when no batch is being handled. */
  async idle(): Promise<void> {
    while (this.#inProgress.size > 0) await Promise.all(this.#inProgress.values());
  }

  #onCluster(name: string): { topic: string; partition: number } {
    const at = name.lastIndexOf("/");
    return { topic: prefixTopic(this.#deps, name.slice(0, at)), partition: Number(name.slice(at + 1)) };
  }

  /** Records that kafkajs skipped offsets without messages. */
  noteSkipped(topicOnCluster: string, partition: number, first: string, last: string): void {
    this.#skipped.add(`${this.ownTopic(topicOnCluster)}/${partition}`, BigInt(first), BigInt(last));
  }

  /** Moves the positions of idle partitions over the skipped offsets. */
  async advanceAll(client: Client): Promise<void> {
    for (const name of this.#skipped.names()) {
      if (this.#stopping.aborted || this.#inProgress.has(name)) continue;
      await this.#track(name, () => this.#advance(client, name)).catch(() => this.#opened.delete(name));
    }
  }

  async #advance(client: Client, name: string): Promise<void> {
    const onCluster = this.#onCluster(name);
    const { partition } = onCluster;
    const topic = this.ownTopic(onCluster.topic);
    const known = this.#opened.get(name);
    const resumePoint = known ?? await this.#open(topic, partition);
    this.#opened.set(name, resumePoint);
    const { from, fetchOffset } = resumePoint;
    // After this seek kafkajs reads from the stored position and reports the skipped offsets again.
    if (known === undefined && fetchOffset !== undefined) client.seek({ ...onCluster, offset: fetchOffset });
    else {
      const next = this.#skipped.positionAfter(name, from);
      if (next === undefined || this.#subscription.advance === undefined) return this.#skipped.delete(name);
      await this.#subscription.advance({ topic, partition, from, next });
      resumePoint.from = next;
    }
    this.#skipped.delete(name);
  }

  async #track(name: string, work: () => Promise<void>): Promise<void> {
    const done = work();
    this.#inProgress.set(name, done.catch(() => {}));
    await done.finally(() => this.#inProgress.delete(name));
  }

  /** Returns those of the partitions that are halted because the log lost messages at the stored position. */
  halted(names: string[]): string[] {
    return names.filter((name) => this.#halted.has(name));
  }

  /** Returns the name of a topic without the cluster's prefix. */
  ownTopic(topicOnCluster: string): string {
    return topicOnCluster.slice(prefixTopic(this.#deps, "").length);
  }

  /** Handles a batch, or only its beginning when the member stops. `isGone` returns true when a newer client has replaced this one. */
  async read(client: Client, payload: EachBatchPayload, isGone: () => boolean): Promise<void> {
    const { batch: { topic: topicOnCluster, partition }, isRunning, isStale } = payload;
    const topic = this.ownTopic(topicOnCluster);
    const [first, ...others] = messagesOf(topic, payload.batch);
    const isOver = () => this.#stopping.aborted || isGone() || !isRunning() || isStale();
    if (first === undefined || isOver()) return;
    const stuck = stuckOf(payload.batch.messages.at(-1)!);
    const messages = stuck === undefined ? [first, ...others] : [first, ...others].slice(0, -1);
    const name = partitionName({ topic, partition });
    const fetched = { topic, partition, name, topicOnCluster, first, messages, stuck, client, payload, isOver };
    const current = this.#inProgress.get(name);
    if (current !== undefined) await keepAlive(payload, () => current);
    await this.#track(name, () => this.#continue(fetched).catch((error) => this.#recover(fetched, error)));
  }

  /** Opens the partition when needed, and handles the messages from its stored position on. */
  async #continue(fetched: Fetched): Promise<void> {
    const { topic, partition, name, topicOnCluster, first, messages, stuck, client, payload } = fetched;
    const known = this.#opened.get(name);
    const resumePoint = known ?? await this.#open(topic, partition);
    this.#opened.set(name, resumePoint);
    const seek = (offset: string) => client.seek({ topic: topicOnCluster, partition, offset });
    // The first fetch of an assignment may begin at another offset than the stored one.
    if (known === undefined && resumePoint.fetchOffset !== undefined && resumePoint.fetchOffset !== first.position) {
      return seek(resumePoint.fetchOffset);
    }
    // The last message read cannot be decoded any more, so the check of its time is dropped.
    if (messages.length === 0 && resumePoint.lastTimestamp !== undefined) return seek(skipTimestampCheck(resumePoint));
    const readEnds = async () => endsOf(await this.#deps.watermarks.of(topicOnCluster), topicOnCluster, partition);
    const found = await messagesFrom(resumePoint, messages.length === 0 ? [first] : messages, readEnds);
    if (found === "gap") return this.#halt(fetched, resumePoint);
    if (found.length < messages.length) payload.resolveOffset(first.position);
    if (found.length === 0 && stuck === undefined) {
      this.#skipped.add(name, positionOf(resumePoint.from!).offset, BigInt(payload.batch.lastOffset()));
    }
    resumePoint.lastTimestamp = undefined;
    const isRead = await this.#handleSlices(resumePoint, messages.length === 0 ? [] : found, fetched);
    if (isRead && stuck !== undefined) this.#retryLater(fetched, stuck);
  }

  #halt({ topic, partition, name, topicOnCluster, first, client }: Fetched, { from }: ResumePoint): void {
    const { group } = this.#subscription;
    this.#halted.add(name);
    this.#stuck.release(name);
    client.pause([{ topic: topicOnCluster, partitions: [partition] }]);
    this.#deps.logger.error("partition-halted", { group, topic, partition, wanted: from, found: first.position });
  }

  /** Handles messages in slices. Returns false when the reader stopped before it had handled all. */
  async #handleSlices(
    resumePoint: ResumePoint,
    messages: Incoming[],
    { topic, partition, name, payload, isOver }: Fetched,
  ): Promise<boolean> {
    for (let at = 0; at < messages.length; at += MAX_SLICE_MESSAGES) {
      if (isOver()) return false;
      const slice = messages.slice(at, at + MAX_SLICE_MESSAGES);
      const { from } = resumePoint;
      await keepAlive(payload, async () => {
        resumePoint.from = await this.#subscription.handle({ topic, partition, from, messages: slice });
        this.#handled++;
      });
      this.#pauses.delete(name);
      this.#stuck.release(name, BigInt(slice[0]!.position) + 1n);
      // A stopping reader may have handled only the beginning of the slice.
      if (resumePoint.from !== slice.at(-1)!.next) return false;
      payload.resolveOffset(slice.at(-1)!.position);
    }
    return !isOver();
  }

  /**
   * Pauses a stuck partition and reopens it later, as an operator may have parked the record meanwhile.
   * Does not wait for that: kafkajs must go on with the other partitions.
   */
  #retryLater({ topic, partition, name, topicOnCluster, first, client, isOver }: Fetched, stuck: Stuck): void {
    const partitions = [{ topic: topicOnCluster, partitions: [partition] }];
    client.pause(partitions);
    this.#opened.delete(name);
    const retry = async (): Promise<void> => {
      if (!(await this.#stuck.waitForRetry(name, stuck)) || isOver()) return;
      try {
        await this.#inProgress.get(name);
        await this.#track(name, async () => {
          const resumePoint = await this.#open(topic, partition);
          this.#opened.set(name, resumePoint);
          client.seek({ topic: topicOnCluster, partition, offset: resumePoint.fetchOffset ?? first.position });
          client.resume(partitions);
          this.#stuck.retrying(name);
        });
      } catch (error) {
        this.#deps.logger.warn("partition-held", {
          group: this.#subscription.group,
          topic,
          partition,
          reason: messageOf(error),
        });
        await retry();
      }
    };
    retry();
  }

  /** Waits after a failure and makes the partition reopen from its stored position, as kafkajs may deliver handled messages again. */
  async #recover(
    { topic, partition, name, topicOnCluster, first, client, payload, isOver }: Fetched,
    error: unknown,
  ): Promise<void> {
    const { clock, logger } = this.#deps;
    this.#opened.delete(name);
    // kafkajs handles its own errors, such as a rebalance. No other error is thrown into it: it stops for good on some and loops
    // on others.
    if (error instanceof Error && error.name.startsWith("KafkaJS")) throw error;
    logger.warn("partition-held", { group: this.#subscription.group, topic, partition, reason: messageOf(error) });
    const pause = this.#pauses.get(name) ?? MIN_PAUSE_MS;
    this.#pauses.set(name, Math.min(MAX_PAUSE_MS, pause * 2));
    await keepAlive(payload, () => clock.sleep(pause, this.#stopping));
    if (!isOver()) client.seek({ topic: topicOnCluster, partition, offset: first.position });
  }

  async #open(topic: string, partition: number): Promise<ResumePoint> {
    const from = await this.#subscription.open(topic, partition);
    const name = partitionName({ topic, partition });
    this.#halted.delete(name);
    if (from !== undefined) this.#stuck.release(name, positionOf(from).offset);
    return resumePointAt(from);
  }
}
