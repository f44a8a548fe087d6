import type { Consumer as Client, EachBatchPayload } from "kafkajs";
import { messageOf } from "@/application/faults.ts";
import type { Clock } from "@/application/ports.ts";
import type { Consumer, Incoming, Subscription } from "@/application/messaging/wire/event_log.ts";
import { createClient, type KafkaConnection, prefixTopic } from "./client.ts";
import { incomingOf } from "./incoming.ts";
import { positionOf } from "./position.ts";
import { endsOf, type Watermarks } from "./watermarks.ts";

/** A member that shows no sign of life for so long is out of its group (ms). */
const SESSION = 10_000;
const HEARTBEAT = 500;
/** How long the broker holds a fetch when there is nothing new; a member that stops waits for it (ms). */
const LONGEST_FETCH = 500;
const FIRST_PAUSE = 50;
const MOST_PAUSE = 2_000;
/** Messages that are handed over at once, as many as a projection puts in a transaction; between two slices the member may leave. */
const SLICE = 1_000;
/** Partitions that are worked on at once. */
const CONCURRENT = 4;
/** How long a stop waits for a start that is still on its way (ms). */
const PATIENCE = 1_000;

/**
 * What the next batch begins with, the offset at which reading starts, and the time of the message before, until it was looked at.
 */
type Place = { from: string | undefined; start: string | undefined; before: string | undefined };

/** A member of a Kafka group. Positions are the reader's own; Kafka's committed offsets are not used. */
export function startKafkaConsumer(
  deps: KafkaConnection & { clock: Clock; watermarks: Watermarks },
  { group, topics, open, handle }: Subscription,
): Consumer {
  const { clock, logger, watermarks } = deps;
  const { promise: joined, resolve: join } = Promise.withResolvers<void>();
  /** Partitions that were opened in this assignment. */
  const opened = new Map<string, Place>();
  /** How long a partition rests after its next failure. */
  const rests = new Map<string, number>();
  const halted = new Set<string>();
  let assigned: string[] = [];
  let lastSign = clock.now();
  let stopping = false;
  const stopSignal = new AbortController();
  /** Between two starts; a member that has joined begins anew with the first. */
  let pause = FIRST_PAUSE;
  let client: Client | undefined;

  /** A topic's name in this suite. */
  const ownName = (topic: string): string => topic.slice(prefixTopic(deps, "").length);

  /** A client that has started; `crashed` resolves when it will not go on by itself. */
  async function start(): Promise<{ crashed: Promise<void> }> {
    const consumer = createClient(deps).consumer({
      groupId: prefixTopic(deps, group),
      sessionTimeout: SESSION,
      heartbeatInterval: HEARTBEAT,
      rebalanceTimeout: 30_000,
      maxWaitTimeInMs: LONGEST_FETCH,
      maxBytesPerPartition: 1_048_576,
      maxBytes: 4_194_304,
      allowAutoTopicCreation: false,
      retry: { retries: 8, restartOnFailure: () => Promise.resolve(!stopping) },
    });
    client = consumer;
    const { promise: crashed, resolve: crash } = Promise.withResolvers<void>();
    const { GROUP_JOIN, HEARTBEAT: BEAT, FETCH, CRASH } = consumer.events;
    consumer.on(GROUP_JOIN, ({ payload }) => {
      opened.clear();
      pause = FIRST_PAUSE;
      assigned = Object.entries(payload.memberAssignment).flatMap(([topic, partitions]) =>
        partitions.map((one) => `${ownName(topic)}/${one}`)
      );
      logger.info("group-joined", { group, partitions: assigned.length });
      join();
    });
    for (const sign of [GROUP_JOIN, BEAT, FETCH]) consumer.on(sign, () => lastSign = clock.now());
    consumer.on(CRASH, ({ payload: { error, restart } }) => {
      assigned = [];
      logger.warn("consumer-crashed", { group, reason: messageOf(error), restart });
      if (!restart) crash();
    });
    await consumer.connect();
    await consumer.subscribe({ topics: topics.map((topic) => prefixTopic(deps, topic)), fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: CONCURRENT,
      eachBatch: (payload) => eachBatch(consumer, payload),
    });
    return { crashed };
  }

  /** Starts again and again, as the client gives up for good on errors that another start may mend. */
  async function keepRunning(): Promise<void> {
    for (; !stopping; pause = Math.min(MOST_PAUSE, pause * 2)) {
      try {
        const { crashed } = await start();
        await Promise.race([crashed, stopped]);
      } catch (error) {
        logger.warn("consumer-not-started", { group, reason: messageOf(error) });
      }
      const old = client;
      client = undefined;
      await old?.disconnect().catch((error) => logger.warn("consumer-not-closed", { group, reason: messageOf(error) }));
      if (!stopping) await clock.sleep(pause, stopSignal.signal);
    }
  }

  async function eachBatch(consumer: Client, payload: EachBatchPayload): Promise<void> {
    const { batch: { topic: onCluster, partition }, isRunning, isStale } = payload;
    const topic = ownName(onCluster);
    const name = `${topic}/${partition}`;
    const seek = (offset: string) => consumer.seek({ topic: onCluster, partition, offset });
    const over = () => stopping || consumer !== client || !isRunning() || isStale();
    let messages = payload.batch.messages.map((one) => incomingOf(topic, partition, one));
    const first = messages[0]?.position;
    if (first === undefined || over()) return;
    try {
      const known = opened.get(name);
      const place = known ?? await startOf(topic, partition);
      opened.set(name, place);
      if (known === undefined) {
        // What the client fetched is not where the reader left off: fetched anew from there.
        if (place.start !== undefined && place.start !== first) return seek(place.start);
      }
      const found = await continued(onCluster, partition, place, messages);
      if (found === "gap") {
        halted.add(name);
        consumer.pause([{ topic: onCluster, partitions: [partition] }]);
        return logger.error("partition-halted", { group, topic, partition, wanted: place.from, found: first });
      }
      if (found.length < messages.length) payload.resolveOffset(first);
      messages = found;
      place.before = undefined;
      for (let at = 0; at < messages.length && !over(); at += SLICE) {
        const slice = messages.slice(at, at + SLICE);
        const { from } = place;
        await alive(payload, async () => {
          place.from = await handle({ topic, partition, from, messages: slice });
        });
        rests.delete(name);
        // Who is to stop may have left the rest of it.
        if (place.from !== slice.at(-1)!.next) return;
        payload.resolveOffset(slice.at(-1)!.position);
      }
    } catch (error) {
      // Whatever it was, reading goes on where the store says, as the client may hand out again what is handled.
      opened.delete(name);
      // What the client itself throws (a rebalance) is its own to handle; nothing else is thrown into it, as it would stop
      // for good on some errors and start over on others.
      if (error instanceof Error && error.name.startsWith("KafkaJS")) throw error;
      logger.warn("partition-held", { group, topic, partition, reason: messageOf(error) });
      const pause = rests.get(name) ?? FIRST_PAUSE;
      rests.set(name, Math.min(MOST_PAUSE, pause * 2));
      await alive(payload, () => clock.sleep(pause, stopSignal.signal));
      if (!over()) seek(first);
    }
  }

  /** Where the reader left off. Reading starts with the message before, where its time is known. */
  async function startOf(topic: string, partition: number): Promise<Place> {
    const from = await open(topic, partition);
    halted.delete(`${topic}/${partition}`);
    if (from === undefined) return { from, start: undefined, before: undefined };
    const { offset, before } = positionOf(from);
    return { from, start: String(before === undefined ? offset : offset - 1n), before };
  }

  /**
   * The messages from where the reader left off on, or that some are lost: retention has passed, or the topic was made anew, as
   * the message before has another time. Offsets that are only missing (compaction, marks of transactions) are no gap.
   */
  async function continued(
    topic: string,
    partition: number,
    { from, start, before }: Place,
    messages: Incoming[],
  ): Promise<Incoming[] | "gap"> {
    if (from === undefined) return messages;
    const wanted = positionOf(from).offset;
    const [first] = messages as [Incoming];
    if (before !== undefined && first.position === start) {
      return String(first.timestamp) === before ? messages.slice(1) : "gap";
    }
    const found = BigInt(first.position);
    if (found === wanted) return messages;
    if (found < wanted) return "gap";
    return BigInt(endsOf(await watermarks.of(topic), topic, partition).low) > wanted ? "gap" : messages;
  }

  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
  const done = keepRunning();
  return {
    joined,
    state: () => ({
      assigned: stopping ? [] : assigned,
      halted: assigned.filter((name) => halted.has(name)),
      reachable: clock.now() - lastSign < SESSION,
    }),
    async stop() {
      stopping = true;
      stop();
      stopSignal.abort();
      await client?.stop().catch((error) => logger.warn("consumer-not-stopped", { group, reason: messageOf(error) }));
      // A start that is still on its way ends by itself: it finds that the member is to stop.
      const over = new AbortController();
      await Promise.race([done, clock.sleep(PATIENCE, over.signal)]);
      over.abort();
    },
  };
}

/**
 * Keeps the membership alive while something takes long. An error of a heartbeat (the group is being shared out anew) is
 * thrown when the work is done.
 */
async function alive<Value>({ heartbeat }: EachBatchPayload, work: () => Promise<Value>): Promise<Value> {
  let fault: unknown;
  const beat = setInterval(() => heartbeat().catch((error) => fault ??= error), HEARTBEAT);
  const value = await work().finally(() => clearInterval(beat));
  if (fault !== undefined) throw fault;
  await heartbeat();
  return value;
}
