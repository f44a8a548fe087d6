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
import { MemberHealth } from "./member_health.ts";
import type { Watermarks } from "@/adapters/kafka/offsets/watermarks.ts";

type KafkaConsumerDeps = KafkaConnection & { clock: Clock; watermarks: Watermarks };

/** The coordinator removes a member that sends no heartbeat for this long. */
const SESSION_TIMEOUT_MS = 10_000;
const REBALANCE_TIMEOUT_MS = 30_000;
/** How long the broker holds a fetch without new messages. A stopping member waits for the fetch to return. */
const MAX_FETCH_WAIT_MS = 500;
const MAX_PARTITION_BYTES = 1_048_576;
const MAX_FETCH_BYTES = 4_194_304;
/** How many partitions are processed concurrently: all of a fetch, as those that wait at the same time share a transaction. */
const MAX_PARTITIONS = 16;
/**
 * The client's retries: pauses double up to 500 ms, so partitions of a killed broker are read again that soon after their new
 * leader is elected. All retries take 20 seconds, longer than an election.
 */
const MAX_RETRY_MS = 500;
const RETRIES = 40;
/** How often positions are committed to the group for Kafka's tools, and how long the last commit of a stop may take. */
const MAINTENANCE_MS = 5_000;
const LAST_COMMIT_MS = 1_000;
/** How long a stop waits for a start that is still in progress. */
const STOP_TIMEOUT_MS = 1_000;

/** Starts a member of a Kafka group. It reads from the positions in the store, never from Kafka's committed offsets. */
export function startKafkaConsumer(deps: KafkaConsumerDeps, subscription: Subscription): Consumer {
  const member = new GroupMember(deps, subscription);
  const done = member.run();
  member.maintain();
  return {
    joined: member.joined,
    state: () => member.state(),
    owners: () => member.owners(),
    async stop() {
      await member.stop();
      // A start in progress sees that the member stops, and ends by itself.
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
  readonly #commitPositions: ReturnType<typeof createOffsetGauge>;
  #client: Client | undefined;
  #assigned: string[] = [];
  #memberId: string | null = null;
  #lastEventAt: number;
  #lastFetchAt: number;
  #clockSetBack = Promise.withResolvers<void>();
  readonly #health: MemberHealth;

  constructor(deps: KafkaConsumerDeps, subscription: Subscription) {
    this.#deps = deps;
    this.#subscription = subscription;
    this.#readers = new PartitionReaders(deps, subscription, this.#stopping.signal);
    this.#lastEventAt = this.#lastFetchAt = deps.clock.now();
    this.#commitPositions = createOffsetGauge({ group: subscription.group, logger: deps.logger });
    this.#health = new MemberHealth(deps.clock, () => this.#readers.handled);
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
      failing: this.#health.failing(),
      reachable: this.#isReachable(),
    };
  }

  /** An idle member with partitions fetches twice a second, so only fetches count. Joins alone do not prove that it can read. */
  #isReachable(): boolean {
    const { clock } = this.#deps;
    const fetches = this.#assigned.length > 0 && !this.#readers.busy;
    return elapsedMs(clock, fetches ? this.#lastFetchAt : this.#lastEventAt) < SESSION_TIMEOUT_MS;
  }

  /** Returns the owner of each partition, as the group's coordinator knows it. */
  async owners(): Promise<Map<string, Owner>> {
    const description = await this.#deps.watermarks.group(prefixTopic(this.#deps, this.#subscription.group));
    const owners = [...ownersIn(description, this.#memberId)];
    return new Map(owners.map(([name, owner]) => [this.#readers.ownTopic(name), owner]));
  }

  /** Moves positions over offsets without messages and commits them for Kafka's tools, at intervals. Never rejects. */
  async maintain(): Promise<void> {
    const { clock, logger } = this.#deps;
    let lastAt = clock.now();
    for (;;) {
      await clock.sleep(MAINTENANCE_MS, this.#stopping.signal);
      if (this.#stopping.signal.aborted) return;
      // After the clock was set back, kafkajs sends no heartbeat until it reaches the old time again. A new client does.
      if (clock.now() < lastAt) {
        logger.warn("clock-set-back", { group: this.#subscription.group, by_ms: lastAt - clock.now() });
        this.#clockSetBack.resolve();
      }
      lastAt = clock.now();
      await this.#maintainOnce();
    }
  }

  async #maintainOnce(): Promise<void> {
    const client = this.#client;
    if (client === undefined) return;
    await this.#readers.advanceAll(client);
    // Nobody watches the lag of a group that is used once.
    if (!this.#subscription.ephemeral) await this.#commitPositions(client, this.#readers.positions());
  }

  /** Restarts the client after each crash, until the member stops. Never rejects. */
  async run(): Promise<void> {
    const { clock, logger } = this.#deps;
    const { group } = this.#subscription;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        const { crashed } = await this.#start();
        this.#clockSetBack = Promise.withResolvers();
        await Promise.race([crashed, this.#clockSetBack.promise, this.#stopped.promise]);
      } catch (error) {
        this.#health.failed(messageOf(error));
        logger.warn("consumer-not-started", { group, reason: messageOf(error) });
      }
      const old = this.#client;
      this.#client = undefined;
      await old?.disconnect().catch((error) => logger.warn("consumer-not-closed", { group, reason: messageOf(error) }));
      if (!signal.aborted) await clock.sleep(this.#health.pauseMs(), signal);
    }
  }

  /** Finishes the current batch, commits its position for Kafka's tools, and leaves the group. */
  async stop(): Promise<void> {
    const { logger } = this.#deps;
    const { group } = this.#subscription;
    this.#stopping.abort();
    const shown = this.#readers.idle().then(() => this.#maintainOnce());
    // A late commit does no harm: the next owner of the partition commits the stored position again.
    await withTimeout(LAST_COMMIT_MS, this.#deps.clock, shown).catch(() => {});
    this.#stopped.resolve();
    await this.#client?.stop().catch((error) =>
      logger.warn("consumer-not-stopped", { group, reason: messageOf(error) })
    );
  }

  /** Starts a client. `crashed` resolves when the client has crashed and will not retry. */
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
      // kafkajs would restart without an increasing pause; `run` restarts with one.
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

  /** Listens to the events of a client. Resolves when the client has crashed and will not retry. */
  #watch(client: Client): Promise<void> {
    const { clock, logger } = this.#deps;
    const { group } = this.#subscription;
    const { promise: crashed, resolve: crash } = Promise.withResolvers<void>();
    const { GROUP_JOIN, HEARTBEAT, FETCH, CRASH, END_BATCH_PROCESS } = client.events;
    client.on(GROUP_JOIN, ({ payload }) => {
      this.#readers.reopenAll(client);
      this.#memberId = payload.memberId;
      this.#health.joined();
      this.#assigned = Object.entries(payload.memberAssignment).flatMap(([topic, partitions]) =>
        partitions.map((one) => `${this.#readers.ownTopic(topic)}/${one}`)
      );
      logger.info("group-joined", { group, partitions: this.#assigned.length });
      this.#joined.resolve();
    });
    client.on(END_BATCH_PROCESS, ({ payload: { topic, partition, batchSize, firstOffset, lastOffset } }) => {
      if (batchSize === 0 && firstOffset !== null) this.#readers.noteSkipped(topic, partition, firstOffset, lastOffset);
    });
    client.on(FETCH, () => {
      this.#lastFetchAt = clock.now();
      this.#health.fetched();
    });
    for (const sign of [GROUP_JOIN, HEARTBEAT, FETCH]) client.on(sign, () => this.#lastEventAt = clock.now());
    client.on(CRASH, ({ payload: { error } }) => {
      this.#assigned = [];
      this.#health.failed(messageOf(error));
      logger.warn("consumer-crashed", { group, reason: messageOf(error), pause_ms: this.#health.pauseMs() });
      crash();
    });
    return crashed;
  }
}
