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
import { continueFrom, forgetBefore, type LeftOff, leftOffAt } from "./continuation.ts";
import { keepAlive } from "./heartbeat.ts";
import type { ReadTo } from "./offset_gauge.ts";
import { PassedOffsets } from "./passed_offsets.ts";
import { positionOf } from "@/adapters/kafka/offsets/position.ts";
import { messagesOf } from "./incoming.ts";
import { stuckOf } from "@/adapters/kafka/kafkajs_patches/own_decoder.ts";
import type { Stuck } from "@/adapters/kafka/records/fetch_response.ts";
import { StuckPartitions } from "./stuck_partitions.ts";
import { endsOf, type Watermarks } from "@/adapters/kafka/offsets/watermarks.ts";

const MIN_REST_MS = 50;
const MAX_REST_MS = 2_000;
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
  readonly #opened = new Map<string, LeftOff>();
  /** How long a partition pauses after its next failure. */
  readonly #rests = new Map<string, number>();
  readonly #halted = new Set<string>();
  readonly #passed = new PassedOffsets();
  /** The work in progress by partition: a batch is handled, or a position moves over offsets without messages. */
  readonly #atHand = new Map<string, Promise<void>>();
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
    this.#passed.forgetAll();
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
    return this.#atHand.size > 0;
  }

  /** Resolves when no batch is being handled. */
  async idle(): Promise<void> {
    while (this.#atHand.size > 0) await Promise.all(this.#atHand.values());
  }

  #onCluster(name: string): { topic: string; partition: number } {
    const at = name.lastIndexOf("/");
    return { topic: prefixTopic(this.#deps, name.slice(0, at)), partition: Number(name.slice(at + 1)) };
  }

  /** Records that kafkajs skipped offsets without messages. */
  notePassed(topicOnCluster: string, partition: number, first: string, last: string): void {
    this.#passed.note(`${this.ownTopic(topicOnCluster)}/${partition}`, BigInt(first), BigInt(last));
  }

  /** Moves the positions of idle partitions over the skipped offsets. */
  async passAll(client: Client): Promise<void> {
    for (const name of this.#passed.names()) {
      if (this.#stopping.aborted || this.#atHand.has(name)) continue;
      await this.#hold(name, () => this.#pass(client, name)).catch(() => this.#opened.delete(name));
    }
  }

  async #pass(client: Client, name: string): Promise<void> {
    const onCluster = this.#onCluster(name);
    const { partition } = onCluster;
    const topic = this.ownTopic(onCluster.topic);
    const known = this.#opened.get(name);
    const leftOff = known ?? await this.#open(topic, partition);
    this.#opened.set(name, leftOff);
    const { from, start } = leftOff;
    // After this seek kafkajs reads from the stored position and reports the skipped offsets again.
    if (known === undefined && start !== undefined) client.seek({ ...onCluster, offset: start });
    else {
      const next = this.#passed.after(name, from);
      if (next === undefined || this.#subscription.pass === undefined) return this.#passed.forget(name);
      await this.#subscription.pass({ topic, partition, from, next });
      leftOff.from = next;
    }
    this.#passed.forget(name);
  }

  async #hold(name: string, work: () => Promise<void>): Promise<void> {
    const done = work();
    this.#atHand.set(name, done.catch(() => {}));
    await done.finally(() => this.#atHand.delete(name));
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
    const passing = this.#atHand.get(name);
    if (passing !== undefined) await keepAlive(payload, () => passing);
    await this.#hold(name, () => this.#continue(fetched).catch((error) => this.#recover(fetched, error)));
  }

  /** Opens the partition when needed, and handles the messages from its stored position on. */
  async #continue(fetched: Fetched): Promise<void> {
    const { topic, partition, name, topicOnCluster, first, messages, stuck, client, payload } = fetched;
    const known = this.#opened.get(name);
    const leftOff = known ?? await this.#open(topic, partition);
    this.#opened.set(name, leftOff);
    const seek = (offset: string) => client.seek({ topic: topicOnCluster, partition, offset });
    // The first fetch of an assignment may begin at another offset than the stored one.
    if (known === undefined && leftOff.start !== undefined && leftOff.start !== first.position) {
      return seek(leftOff.start);
    }
    // The last message read cannot be decoded any more, so the check of its time is dropped.
    if (messages.length === 0 && leftOff.before !== undefined) return seek(forgetBefore(leftOff));
    const readEnds = async () => endsOf(await this.#deps.watermarks.of(topicOnCluster), topicOnCluster, partition);
    const found = await continueFrom(leftOff, messages.length === 0 ? [first] : messages, readEnds);
    if (found === "gap") return this.#halt(fetched, leftOff);
    if (found.length < messages.length) payload.resolveOffset(first.position);
    if (found.length === 0 && stuck === undefined) {
      this.#passed.note(name, positionOf(leftOff.from!).offset, BigInt(payload.batch.lastOffset()));
    }
    leftOff.before = undefined;
    const isRead = await this.#handleSlices(leftOff, messages.length === 0 ? [] : found, fetched);
    if (isRead && stuck !== undefined) this.#rest(fetched, stuck);
  }

  #halt({ topic, partition, name, topicOnCluster, first, client }: Fetched, { from }: LeftOff): void {
    const { group } = this.#subscription;
    this.#halted.add(name);
    this.#stuck.readOn(name);
    client.pause([{ topic: topicOnCluster, partitions: [partition] }]);
    this.#deps.logger.error("partition-halted", { group, topic, partition, wanted: from, found: first.position });
  }

  /** Handles messages in slices. Returns false when the reader stopped before it had handled all. */
  async #handleSlices(
    leftOff: LeftOff,
    messages: Incoming[],
    { topic, partition, name, payload, isOver }: Fetched,
  ): Promise<boolean> {
    for (let at = 0; at < messages.length; at += MAX_SLICE_MESSAGES) {
      if (isOver()) return false;
      const slice = messages.slice(at, at + MAX_SLICE_MESSAGES);
      const { from } = leftOff;
      await keepAlive(payload, async () => {
        leftOff.from = await this.#subscription.handle({ topic, partition, from, messages: slice });
        this.#handled++;
      });
      this.#rests.delete(name);
      this.#stuck.readOn(name, BigInt(slice[0]!.position) + 1n);
      // A stopping reader may have handled only the beginning of the slice.
      if (leftOff.from !== slice.at(-1)!.next) return false;
      payload.resolveOffset(slice.at(-1)!.position);
    }
    return !isOver();
  }

  /**
   * Pauses a stuck partition and reopens it later, as an operator may have parked the record meanwhile.
   * Does not wait for that: kafkajs must go on with the other partitions.
   */
  #rest({ topic, partition, name, topicOnCluster, first, client, isOver }: Fetched, stuck: Stuck): void {
    const partitions = [{ topic: topicOnCluster, partitions: [partition] }];
    client.pause(partitions);
    this.#opened.delete(name);
    const rest = async (): Promise<void> => {
      if (!(await this.#stuck.hold(name, stuck)) || isOver()) return;
      try {
        await this.#atHand.get(name);
        await this.#hold(name, async () => {
          const leftOff = await this.#open(topic, partition);
          this.#opened.set(name, leftOff);
          client.seek({ topic: topicOnCluster, partition, offset: leftOff.start ?? first.position });
          client.resume(partitions);
          this.#stuck.try(name);
        });
      } catch (error) {
        this.#deps.logger.warn("partition-held", {
          group: this.#subscription.group,
          topic,
          partition,
          reason: messageOf(error),
        });
        await rest();
      }
    };
    rest();
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
    const rest = this.#rests.get(name) ?? MIN_REST_MS;
    this.#rests.set(name, Math.min(MAX_REST_MS, rest * 2));
    await keepAlive(payload, () => clock.sleep(rest, this.#stopping));
    if (!isOver()) client.seek({ topic: topicOnCluster, partition, offset: first.position });
  }

  async #open(topic: string, partition: number): Promise<LeftOff> {
    const from = await this.#subscription.open(topic, partition);
    const name = partitionName({ topic, partition });
    this.#halted.delete(name);
    if (from !== undefined) this.#stuck.readOn(name, positionOf(from).offset);
    return leftOffAt(from);
  }
}
