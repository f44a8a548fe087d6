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

/** `stopping`: aborted when the consumer stops. */
type DeliveryDeps = CommitDeps & { stopping: AbortSignal };

/** The pauses before the retries of a failed message. After the last retry it is parked. */
const RETRY_PAUSES_MS = [20, 100, 500];
/** This many failures in a row suggest an outage, so each message then gets one more, later retry. */
const MAX_FAILURES_IN_A_ROW = 5;
/** The pause before that retry doubles with each failure. */
const MIN_LONG_PAUSE_MS = 1_000;
const MAX_LONG_PAUSE_MS = 30_000;

type CommitOne = (batch: PartitionBatch) => Promise<Committed>;
/** The result of one attempt, or the fault of one of its messages. */
type Attempt = { committed: Committed } | { fault: unknown };

/** A transaction of several partitions has failed. Each partition is retried alone. */
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
    this.#commitShared = batchPartitions(markShared(this.#commit, logger), { maxMessages: sink.maxMessages, clock });
  }

  /** How many times single messages were retried. */
  get retried(): number {
    return this.#retried;
  }

  /** Whether the last messages have all failed. */
  get isFailing(): boolean {
    return this.#failures >= MAX_FAILURES_IN_A_ROW;
  }

  /**
   * Delivers a partition's messages and yields the result of each transaction. Each is handled, parked or skipped once. Rejects with
   * `Fenced`, `Unavailable` or the error of parking; the rest is then delivered again. `alone`: not with other partitions.
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
    // Halves the messages until the failing one is alone.
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

  /** Commits together with other partitions. Commits alone when that fails, as another partition may be the cause. */
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
    const pauses = this.isFailing ? [...RETRY_PAUSES_MS, this.#longPause()] : RETRY_PAUSES_MS;
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

/** Wraps a commit to throw `SharedFailure` when a shared transaction fails. An outage affects all partitions and is thrown as it is. */
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
