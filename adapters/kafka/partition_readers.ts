import type { Consumer as Client, EachBatchPayload } from "kafkajs";
import { messageOf } from "@/application/faults.ts";
import type { Clock } from "@/application/ports.ts";
import type { Incoming, Subscription } from "@/application/messaging/wire/event_log.ts";
import { type KafkaConnection, prefixTopic } from "./client.ts";
import { continueFrom, type LeftOff, leftOffAt } from "./continuation.ts";
import { keepAlive } from "./heartbeat.ts";
import type { ReadTo } from "./offset_gauge.ts";
import { PassedOffsets } from "./passed_offsets.ts";
import { positionOf } from "./position.ts";
import { messagesOf } from "./incoming.ts";
import { endsOf, type Watermarks } from "./watermarks.ts";

const MIN_REST_MS = 50;
const MAX_REST_MS = 2_000;
/** Messages of one `handle`: as many as a projection takes into a transaction. Between two slices the member may leave. */
const MAX_SLICE_MESSAGES = 1_000;

/** A batch as the client fetched it. `isOver`: the member stops, or the partition is not its own any more. */
type Fetched = {
  topic: string;
  partition: number;
  name: string;
  topicOnCluster: string;
  messages: [Incoming, ...Incoming[]];
  client: Client;
  payload: EachBatchPayload;
  isOver(): boolean;
};

/** Reads the partitions of a member from the position that `open` returns. Partitions are named `topic/partition`. */
export class PartitionReaders {
  readonly #deps: KafkaConnection & { clock: Clock; watermarks: Watermarks };
  readonly #subscription: Subscription;
  readonly #stopping: AbortSignal;
  /** Where each partition goes on that was opened in this assignment. */
  readonly #opened = new Map<string, LeftOff>();
  /** How long a partition rests after its next failure. */
  readonly #rests = new Map<string, number>();
  readonly #halted = new Set<string>();
  readonly #passed = new PassedOffsets();
  /** What is being done with partitions: a batch is handled, or a position passes what has no message. */
  readonly #atHand = new Map<string, Promise<void>>();

  constructor(
    deps: KafkaConnection & { clock: Clock; watermarks: Watermarks },
    subscription: Subscription,
    stopping: AbortSignal,
  ) {
    this.#deps = deps;
    this.#subscription = subscription;
    this.#stopping = stopping;
  }

  /** After an assignment each partition is opened anew with its next batch. */
  reopenAll(): void {
    this.#opened.clear();
    this.#passed.forgetAll();
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

  /** Resolves when nothing is at hand. */
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
    const messages: Fetched["messages"] = [first, ...others];
    const name = `${topic}/${partition}`;
    const fetched = { topic, partition, name, topicOnCluster, messages, client, payload, isOver };
    const passing = this.#atHand.get(name);
    if (passing !== undefined) await keepAlive(payload, () => passing);
    await this.#hold(name, () => this.#continue(fetched).catch((error) => this.#recover(fetched, error)));
  }

  /** Handles the messages from where the reader left off. */
  async #continue({ topicOnCluster, messages, client, payload, ...fetched }: Fetched): Promise<void> {
    const { topic, partition, name } = fetched;
    const { group } = this.#subscription;
    const [{ position: first }] = messages;
    const known = this.#opened.get(name);
    const leftOff = known ?? await this.#open(topic, partition);
    this.#opened.set(name, leftOff);
    // The client has fetched from elsewhere, and is told to fetch from where the reader left off.
    if (known === undefined && leftOff.start !== undefined && leftOff.start !== first) {
      return client.seek({ topic: topicOnCluster, partition, offset: leftOff.start });
    }
    const readEnds = async () => endsOf(await this.#deps.watermarks.of(topicOnCluster), topicOnCluster, partition);
    const found = await continueFrom(leftOff, messages, readEnds);
    if (found === "gap") {
      this.#halted.add(name);
      client.pause([{ topic: topicOnCluster, partitions: [partition] }]);
      return this.#deps.logger.error("partition-halted", {
        group,
        topic,
        partition,
        wanted: leftOff.from,
        found: first,
      });
    }
    if (found.length < messages.length) payload.resolveOffset(first);
    if (found.length === 0) {
      this.#passed.note(name, positionOf(leftOff.from!).offset, BigInt(payload.batch.lastOffset()));
    }
    leftOff.before = undefined;
    await this.#handleSlices(leftOff, found, { ...fetched, payload });
  }

  async #handleSlices(
    leftOff: LeftOff,
    messages: Incoming[],
    { topic, partition, name, payload, isOver }: Pick<Fetched, "topic" | "partition" | "name" | "payload" | "isOver">,
  ): Promise<void> {
    for (let at = 0; at < messages.length && !isOver(); at += MAX_SLICE_MESSAGES) {
      const slice = messages.slice(at, at + MAX_SLICE_MESSAGES);
      const { from } = leftOff;
      await keepAlive(payload, async () => {
        leftOff.from = await this.#subscription.handle({ topic, partition, from, messages: slice });
      });
      this.#rests.delete(name);
      // A reader that stops may have handled only the beginning of the slice.
      if (leftOff.from !== slice.at(-1)!.next) return;
      payload.resolveOffset(slice.at(-1)!.position);
    }
  }

  /** Has the partition opened anew after a rest: the client may repeat handled messages, so the store says where to go on. */
  async #recover(
    { topic, partition, name, topicOnCluster, messages, client, payload, isOver }: Fetched,
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
    if (!isOver()) client.seek({ topic: topicOnCluster, partition, offset: messages[0].position });
  }

  async #open(topic: string, partition: number): Promise<LeftOff> {
    const from = await this.#subscription.open(topic, partition);
    this.#halted.delete(`${topic}/${partition}`);
    return leftOffAt(from);
  }
}
