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
/** Messages of one `handle`: as many as a projection takes into a transaction. Between two slices the member may leave. */
const MAX_SLICE_MESSAGES = 1_000;

/**
 * A batch as the client fetched it, from `first` on. `stuck`: why nothing behind its messages can be read. `isOver`: the member
 * stops, or the partition is not its own any more.
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
  /** The next offset of each partition that was opened in this assignment. */
  readonly #opened = new Map<string, LeftOff>();
  /** How long a partition rests after its next failure. */
  readonly #rests = new Map<string, number>();
  readonly #halted = new Set<string>();
  readonly #passed = new PassedOffsets();
  /** What is being done with partitions: a batch is handled, or a position passes what has no message. */
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

  /** After an assignment each partition is reopened with its next batch, those that rest as they were stuck too. */
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

  /** How many batches were handled so far. */
  get handled(): number {
    return this.#handled;
  }

  /** Those of the partitions whose next record cannot be read. */
  stuck(names: string[]): StuckPartition[] {
    return this.#stuck.among(names);
  }

  /** Where the store has the partitions that were opened, by the names on the cluster. */
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

  /** Notes that the client has passed offsets which hold no message. */
  notePassed(topicOnCluster: string, partition: number, first: string, last: string): void {
    this.#passed.note(`${this.ownTopic(topicOnCluster)}/${partition}`, BigInt(first), BigInt(last));
  }

  /** Moves the positions of partitions that are at rest over what was passed. */
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
    // The client passes them again once it reads from where the reader left off.
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

  /** Those of the partitions that are not read on, as the log has a gap where the reader left off. */
  halted(names: string[]): string[] {
    return names.filter((name) => this.#halted.has(name));
  }

  /** A topic's name in this suite. */
  ownTopic(topicOnCluster: string): string {
    return topicOnCluster.slice(prefixTopic(this.#deps, "").length);
  }

  /** Handles a batch, or its beginning when the member stops. `isGone`: the member has another client by now. */
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

  /** Handles the messages from where the reader left off. */
  async #continue(fetched: Fetched): Promise<void> {
    const { topic, partition, name, topicOnCluster, first, messages, stuck, client, payload } = fetched;
    const known = this.#opened.get(name);
    const leftOff = known ?? await this.#open(topic, partition);
    this.#opened.set(name, leftOff);
    const seek = (offset: string) => client.seek({ topic: topicOnCluster, partition, offset });
    // The client has fetched from elsewhere, and is told to fetch from where the reader left off.
    if (known === undefined && leftOff.start !== undefined && leftOff.start !== first.position) {
      return seek(leftOff.start);
    }
    // The message before cannot be read any more, so it cannot be compared with the one that was read.
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

  /** Handles messages in slices. False when the reader stopped before it had handled all. */
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
      // A reader that stops may have handled only the beginning of the slice.
      if (leftOff.from !== slice.at(-1)!.next) return false;
      payload.resolveOffset(slice.at(-1)!.position);
    }
    return !isOver();
  }

  /**
   * The partition alone is not fetched until it has rested. It is then reopened, as an operator may have parked what is
   * stuck. It rests beside the work of the client, which would otherwise not go on with the others.
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

  /** Has the partition reopened after a rest: the client may repeat handled messages, so the store says where to go on. */
  async #recover(
    { topic, partition, name, topicOnCluster, first, client, payload, isOver }: Fetched,
    error: unknown,
  ): Promise<void> {
    const { clock, logger } = this.#deps;
    this.#opened.delete(name);
    // The client handles its own errors (a rebalance). Nothing else is thrown into it, as it stops for good on some errors and
    // starts over on others.
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
