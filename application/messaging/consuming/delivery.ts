import { Fenced, messageOf, Unavailable } from "@/application/faults.ts";
import type { Logger } from "@/application/ports.ts";
import type { Incoming } from "@/application/messaging/wire/event_log.ts";
import { batchPartitions } from "./batching.ts";
import { type Classified, createClassifier, type Parking } from "./classify.ts";
import {
  type Commit,
  type CommitDeps,
  type Committed,
  createCommit,
  type OwnedCursor,
  type PartitionBatch,
} from "./commit.ts";

/** `stopping`: aborted when the consumer is to stop. */
type DeliveryDeps = CommitDeps & { stopping: AbortSignal };

/** Pauses before the retries of a failed message. After the last retry it is parked. */
const RETRY_PAUSES_MS = [20, 100, 500];
/** So many failures in a row point to an outage, so each message then gets one more, later retry. */
const MAX_FAILURES_IN_A_ROW = 5;
/** The pause before that retry doubles with each failure. */
const MIN_LONG_PAUSE_MS = 1_000;
const MAX_LONG_PAUSE_MS = 30_000;

type CommitOne = (batch: PartitionBatch) => Promise<Committed>;
/** The result of one attempt, or the fault of one of its messages. */
type Attempt = { committed: Committed } | { fault: unknown };

/** A transaction of several partitions has failed. Each partition is then tried alone. */
class SharedFailure extends Error {}

/** Delivers messages to a sink: many at once, and in smaller parts after a failure. */
export class Delivery {
  readonly #deps: DeliveryDeps;
  readonly #classify: (message: Incoming) => Classified;
  readonly #commit: Commit;
  readonly #commitShared: CommitOne;
  #retried = 0;
  /** Messages that were parked as failed since the last one that was handled. */
  #failures = 0;

  constructor(deps: DeliveryDeps) {
    const { sink, clock, logger } = deps;
    this.#deps = deps;
    this.#classify = createClassifier(sink, clock);
    this.#commit = createCommit(deps);
    this.#commitShared = batchPartitions(markShared(this.#commit, logger), { maxMessages: sink.maxMessages });
  }

  /** Retries of single messages. */
  get retried(): number {
    return this.#retried;
  }

  /** One message after the other fails and none succeeds. */
  get struggles(): boolean {
    return this.#failures >= MAX_FAILURES_IN_A_ROW;
  }

  /**
   * Delivers a partition's messages from its cursor on and yields the result of each transaction. Each message is handled,
   * parked or skipped, once. Rejects with `Fenced`, `Unavailable` or the error of parking; the rest is then delivered
   * again from the stored position. `alone`: shares no transaction with other partitions.
   */
  async *deliver(
    cursor: OwnedCursor,
    messages: Incoming[],
    { alone }: { alone: boolean },
  ): AsyncGenerator<Committed> {
    const batch = { cursor, messages: messages.map(this.#classify) };
    const attempt = await this.#attempt(batch, alone ? this.#commitAlone : this.#commitSharedOrAlone);
    if ("committed" in attempt) return yield attempt.committed;
    if (messages.length === 1) return yield await this.#retryOrPark(cursor, messages[0]!, attempt.fault);
    // The messages are halved until the one at fault is alone.
    const half = Math.ceil(messages.length / 2);
    let { next } = cursor;
    for (const part of [messages.slice(0, half), messages.slice(half)]) {
      for await (const committed of this.deliver({ ...cursor, next }, part, { alone: true })) {
        next = committed.next;
        yield committed;
      }
    }
  }

  readonly #commitAlone: CommitOne = async (batch) => {
    const [committed] = await this.#commit([batch]) as [Committed];
    return committed;
  };

  /** Shares a transaction with other partitions, and commits alone when that fails: a fault may be another partition's. */
  readonly #commitSharedOrAlone: CommitOne = async (batch) => {
    try {
      return await this.#commitShared(batch);
    } catch (error) {
      if (error instanceof SharedFailure) return await this.#commitAlone(batch);
      throw error;
    }
  };

  async #attempt(batch: PartitionBatch, commit: CommitOne): Promise<Attempt> {
    try {
      const committed = await commit(batch);
      if (committed.handled > 0) this.#failures = 0;
      return { committed };
    } catch (fault) {
      if (fault instanceof Fenced || fault instanceof Unavailable) throw fault;
      return { fault };
    }
  }

  async #retryOrPark(cursor: OwnedCursor, message: Incoming, first: unknown): Promise<Committed> {
    const { clock, meter, stopping } = this.#deps;
    let last = first;
    const pauses = this.struggles ? [...RETRY_PAUSES_MS, this.#longPause()] : RETRY_PAUSES_MS;
    for (const pause of pauses) {
      await clock.sleep(pause, stopping);
      if (stopping.aborted) throw new Fenced("the consumer is stopping");
      this.#retried++;
      meter.retried(message);
      const attempt = await this.#attempt({ cursor, messages: [this.#classify(message)] }, this.#commitAlone);
      if ("committed" in attempt) return attempt.committed;
      last = attempt.fault;
    }
    this.#failures++;
    const parking: Parking = { reason: "failed", detail: messageOf(last), attempts: pauses.length + 1 };
    return await this.#commitAlone({ cursor, messages: [{ ...this.#classify(message), kind: "park", parking }] });
  }

  #longPause(): number {
    const failures = this.#failures;
    const reason = "nothing succeeds, so that each message is tried for longer";
    this.#deps.logger.error("consumer-slowed", { failures, reason });
    return Math.min(MAX_LONG_PAUSE_MS, MIN_LONG_PAUSE_MS * 2 ** (failures - MAX_FAILURES_IN_A_ROW));
  }
}

/** A commit that throws `SharedFailure` when a shared transaction fails. An outage concerns all partitions and is thrown as it is. */
const markShared = (commit: Commit, logger: Logger): Commit => async (batches) => {
  try {
    return await commit(batches);
  } catch (error) {
    if (batches.length === 1 || error instanceof Unavailable) throw error;
    if (!(error instanceof Fenced)) {
      const { consumer, topic } = batches[0]!.cursor.key;
      logger.warn("transaction-split", { consumer, topic, parts: batches.length, reason: messageOf(error) });
    }
    throw new SharedFailure(messageOf(error), { cause: error });
  }
};
