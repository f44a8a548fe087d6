import type { Consumer as Client } from "kafkajs";
import { elapsedMs } from "@/application/elapsed.ts";
import { messageOf } from "@/application/faults.ts";
import type { Clock } from "@/application/ports.ts";
import { withTimeout } from "@/application/shared/concurrency/timeout.ts";
import type { Consumer, MemberState, Owner, Subscription } from "@/application/messaging/wire/event_log.ts";
import {
  createClient,
  type KafkaConnection,
  METADATA_AGE_MS,
  prefixTopic,
} from "@/adapters/kafka/connection/client.ts";
import { assignInTurn, ownersIn } from "./group_owners.ts";
import { HEARTBEAT_MS } from "./heartbeat.ts";
import { createOffsetGauge } from "./offset_gauge.ts";
import { PartitionReaders } from "./partition_readers.ts";
import { Steadiness } from "./steadiness.ts";
import type { Watermarks } from "@/adapters/kafka/offsets/watermarks.ts";

type KafkaConsumerDeps = KafkaConnection & { clock: Clock; watermarks: Watermarks };

/** A member that shows no sign of life for so long is out of its group. */
const SESSION_TIMEOUT_MS = 10_000;
const REBALANCE_TIMEOUT_MS = 30_000;
/** How long the broker holds a fetch when there is nothing new; a member that stops waits for it. */
const MAX_FETCH_WAIT_MS = 500;
const MAX_PARTITION_BYTES = 1_048_576;
const MAX_FETCH_BYTES = 4_194_304;
/** Partitions that are worked on at once. */
const MAX_PARTITIONS = 4;
/**
 * How the client tries again to reach brokers. Its pauses double up to the longest, and partitions whose broker was killed are
 * read by then at the latest, once they have another leader. The tries last for 20 seconds, longer than the cluster needs for that.
 */
const MAX_RETRY_MS = 500;
const RETRIES = 40;
/** How often positions are shown to Kafka's tools, and how long that may take at the end. */
const TEND_MS = 5_000;
const LAST_TEND_MS = 1_000;
/** How long a stop waits for a start that is still under way. */
const STOP_TIMEOUT_MS = 1_000;

/** A member of a Kafka group. Positions are the reader's own; Kafka's committed offsets are not used. */
export function startKafkaConsumer(deps: KafkaConsumerDeps, subscription: Subscription): Consumer {
  const member = new GroupMember(deps, subscription);
  const done = member.run();
  member.tendOften();
  return {
    joined: member.joined,
    state: () => member.state(),
    owners: () => member.owners(),
    async stop() {
      await member.stop();
      // A start that is still under way ends by itself, as it sees that the member stops.
      await withTimeout(STOP_TIMEOUT_MS, deps.clock, done).catch(() => {});
    },
  };
}

class GroupMember {
  readonly #deps: KafkaConsumerDeps;
  readonly #subscription: Subscription;
  readonly #readers: PartitionReaders;
  readonly #joined = Promise.withResolvers<void>();
  readonly #stopping = new AbortController();
  readonly #stopped = Promise.withResolvers<void>();
  readonly #showPositions: ReturnType<typeof createOffsetGauge>;
  #client: Client | undefined;
  #assigned: string[] = [];
  #memberId: string | null = null;
  #lastSignAt: number;
  #lastFetchAt: number;
  #setBack = Promise.withResolvers<void>();
  readonly #steadiness: Steadiness;

  constructor(deps: KafkaConsumerDeps, subscription: Subscription) {
    this.#deps = deps;
    this.#subscription = subscription;
    this.#readers = new PartitionReaders(deps, subscription, this.#stopping.signal);
    this.#lastSignAt = this.#lastFetchAt = deps.clock.now();
    this.#showPositions = createOffsetGauge({ group: subscription.group, logger: deps.logger });
    this.#steadiness = new Steadiness(deps.clock, () => this.#readers.handled);
  }

  /** Resolves when the member has joined its group. */
  get joined(): Promise<void> {
    return this.#joined.promise;
  }

  state(): MemberState {
    return {
      assigned: this.#stopping.signal.aborted ? [] : this.#assigned,
      halted: this.#readers.halted(this.#assigned),
      stuck: this.#readers.stuck(this.#assigned),
      failing: this.#steadiness.failing(),
      reachable: this.#isReachable(),
    };
  }

  /** A member that has partitions and handles nothing hears of the broker twice a second, by fetches: joins are no sign of it. */
  #isReachable(): boolean {
    const { clock } = this.#deps;
    const fetches = this.#assigned.length > 0 && !this.#readers.busy;
    return elapsedMs(clock, fetches ? this.#lastFetchAt : this.#lastSignAt) < SESSION_TIMEOUT_MS;
  }

  /** As the group's coordinator tells them. */
  async owners(): Promise<Map<string, Owner>> {
    const description = await this.#deps.watermarks.group(prefixTopic(this.#deps, this.#subscription.group));
    const owners = [...ownersIn(description, this.#memberId)];
    return new Map(owners.map(([name, owner]) => [this.#readers.ownTopic(name), owner]));
  }

  /** Passes what holds no message and shows positions, now and then. Never rejects. */
  async tendOften(): Promise<void> {
    const { clock, logger } = this.#deps;
    let lastAt = clock.now();
    for (;;) {
      await clock.sleep(TEND_MS, this.#stopping.signal);
      if (this.#stopping.signal.aborted) return;
      // The client sends no heartbeat until its clock is again where it was: another one begins where the clock is.
      if (clock.now() < lastAt) {
        logger.warn("clock-set-back", { group: this.#subscription.group, by_ms: lastAt - clock.now() });
        this.#setBack.resolve();
      }
      lastAt = clock.now();
      await this.#tend();
    }
  }

  async #tend(): Promise<void> {
    const client = this.#client;
    if (client === undefined) return;
    await this.#readers.passAll(client);
    // A group that is used once is not watched.
    if (!this.#subscription.ephemeral) await this.#showPositions(client, this.#readers.positions());
  }

  /** Starts the client again when it has ended, as another start may mend that. Never rejects. */
  async run(): Promise<void> {
    const { clock, logger } = this.#deps;
    const { group } = this.#subscription;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        const { crashed } = await this.#start();
        this.#setBack = Promise.withResolvers();
        await Promise.race([crashed, this.#setBack.promise, this.#stopped.promise]);
      } catch (error) {
        this.#steadiness.failed(messageOf(error));
        logger.warn("consumer-not-started", { group, reason: messageOf(error) });
      }
      const old = this.#client;
      this.#client = undefined;
      await old?.disconnect().catch((error) => logger.warn("consumer-not-closed", { group, reason: messageOf(error) }));
      if (!signal.aborted) await clock.sleep(this.#steadiness.pauseMs(), signal);
    }
  }

  /** Finishes the current batch, shows where it has read to, and leaves the group. */
  async stop(): Promise<void> {
    const { logger } = this.#deps;
    const { group } = this.#subscription;
    this.#stopping.abort();
    const shown = this.#readers.idle().then(() => this.#tend());
    // What is not shown in time is shown by the next owner.
    await withTimeout(LAST_TEND_MS, this.#deps.clock, shown).catch(() => {});
    this.#stopped.resolve();
    await this.#client?.stop().catch((error) =>
      logger.warn("consumer-not-stopped", { group, reason: messageOf(error) })
    );
  }

  /** Starts a client. `crashed` resolves when the client has given up for good. */
  async #start(): Promise<{ crashed: Promise<void> }> {
    const { group, topics } = this.#subscription;
    const client = createClient(this.#deps, { retries: RETRIES, maxRetryMs: MAX_RETRY_MS }).consumer({
      groupId: prefixTopic(this.#deps, group),
      partitionAssigners: [assignInTurn],
      metadataMaxAge: METADATA_AGE_MS,
      sessionTimeout: SESSION_TIMEOUT_MS,
      heartbeatInterval: HEARTBEAT_MS,
      rebalanceTimeout: REBALANCE_TIMEOUT_MS,
      maxWaitTimeInMs: MAX_FETCH_WAIT_MS,
      maxBytesPerPartition: MAX_PARTITION_BYTES,
      maxBytes: MAX_FETCH_BYTES,
      allowAutoTopicCreation: false,
      // The client itself would start again without a pause that grows.
      retry: { restartOnFailure: () => Promise.resolve(false) },
    });
    this.#client = client;
    const crashed = this.#watch(client);
    await client.connect();
    await client.subscribe({ topics: topics.map((topic) => prefixTopic(this.#deps, topic)), fromBeginning: true });
    await client.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: MAX_PARTITIONS,
      eachBatch: (payload) => this.#readers.read(client, payload, () => client !== this.#client),
    });
    return { crashed };
  }

  /** Follows the events of a client. Resolves when it has given up for good. */
  #watch(client: Client): Promise<void> {
    const { clock, logger } = this.#deps;
    const { group } = this.#subscription;
    const { promise: crashed, resolve: crash } = Promise.withResolvers<void>();
    const { GROUP_JOIN, HEARTBEAT, FETCH, CRASH, END_BATCH_PROCESS } = client.events;
    client.on(GROUP_JOIN, ({ payload }) => {
      this.#readers.reopenAll(client);
      this.#memberId = payload.memberId;
      this.#steadiness.joined();
      this.#assigned = Object.entries(payload.memberAssignment).flatMap(([topic, partitions]) =>
        partitions.map((one) => `${this.#readers.ownTopic(topic)}/${one}`)
      );
      logger.info("group-joined", { group, partitions: this.#assigned.length });
      this.#joined.resolve();
    });
    client.on(END_BATCH_PROCESS, ({ payload: { topic, partition, batchSize, firstOffset, lastOffset } }) => {
      if (batchSize === 0 && firstOffset !== null) this.#readers.notePassed(topic, partition, firstOffset, lastOffset);
    });
    client.on(FETCH, () => {
      this.#lastFetchAt = clock.now();
      this.#steadiness.fetched();
    });
    for (const sign of [GROUP_JOIN, HEARTBEAT, FETCH]) client.on(sign, () => this.#lastSignAt = clock.now());
    client.on(CRASH, ({ payload: { error } }) => {
      this.#assigned = [];
      this.#steadiness.failed(messageOf(error));
      logger.warn("consumer-crashed", { group, reason: messageOf(error), pause_ms: this.#steadiness.pauseMs() });
      crash();
    });
    return crashed;
  }
}
