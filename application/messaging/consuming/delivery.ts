import { type ApplyDeps, createApplier, type OwnedPartition, type Part } from "./commit.ts";
import { Fenced, messageOf, Unavailable } from "@/application/faults.ts";
import type { Incoming } from "@/application/messaging/wire/event_log.ts";
import { createReader } from "./classify.ts";
import { createTogether } from "./batching.ts";

/** `stopping`: aborted when the consumer is to stop. */
export type SettleDeps = ApplyDeps & { stopping: AbortSignal };

export interface Settler {
  /**
   * Applies the messages of a place, or sets aside those that cannot be; all of it once, whatever rejects. `apart`: not in one
   * transaction with what other places have.
   */
  settle(place: OwnedPartition, messages: Incoming[], apart: boolean): Promise<void>;
  /** Nothing has succeeded lately. */
  struggles(): boolean;
  count(): { handled: number; skipped: number; retried: number; parked: number };
}

/** Waits before a message that fails is tried again; then it is set aside. */
const RETRIES = [20, 100, 500];
/** After so many failures without a success between them the messages are hardly at fault: each then waits for longer. */
const IN_A_ROW = 5;
const FIRST_PAUSE = 1_000;
const MOST_PAUSE = 30_000;

/** Settles chunks, each with others that are there at the same time, or bit by bit where it fails. */
export function createSettler({ stopping, ...deps }: SettleDeps): Settler {
  const { sink, clock, logger, meter } = deps;
  const applier = createApplier(deps);
  const together = createTogether(apply, sink.chunk, logger);
  const read = createReader(sink, clock);
  let retried = 0;
  let failures = 0;

  const partOf = (place: OwnedPartition, messages: Incoming[]): Part => ({
    place,
    messages,
    reads: messages.map(read),
  });

  async function apply(parts: Part[]): Promise<void> {
    const { handled } = applier.count;
    await applier.apply(parts);
    if (applier.count.handled > handled) failures = 0;
  }

  const alone = (part: Part): Promise<void> => apply([part]);

  /** A chunk that fails is halved until the message at fault stands alone. */
  async function settle(place: OwnedPartition, messages: Incoming[], by: typeof together): Promise<void> {
    try {
      return await by(partOf(place, messages));
    } catch (error) {
      if (error instanceof Fenced || error instanceof Unavailable) throw error;
      if (messages.length === 1) return await retryOrPark(place, messages[0]!, error);
      const half = Math.ceil(messages.length / 2);
      await settle(place, messages.slice(0, half), alone);
      await settle(place, messages.slice(half), alone);
    }
  }

  async function retryOrPark(place: OwnedPartition, message: Incoming, first: unknown): Promise<void> {
    let last = first;
    const pauses = failures < IN_A_ROW ? RETRIES : [...RETRIES, longPause()];
    for (const pause of pauses) {
      await rest(pause);
      try {
        retried++;
        meter.retried(message);
        return await alone(partOf(place, [message]));
      } catch (error) {
        if (error instanceof Fenced || error instanceof Unavailable) throw error;
        last = error;
      }
    }
    failures++;
    const letter = { message, reason: "failed" as const, detail: messageOf(last), attempts: pauses.length + 1 };
    await alone({ place, messages: [message], reads: [{ ...read(message), letter }] });
  }

  function longPause(): number {
    logger.error("consumer-slowed", { failures, reason: "nothing succeeds, so that each message is tried for longer" });
    return Math.min(MOST_PAUSE, FIRST_PAUSE * 2 ** (failures - IN_A_ROW));
  }

  async function rest(pause: number): Promise<void> {
    await clock.sleep(pause, stopping);
    if (stopping.aborted) throw new Fenced("the consumer is stopping");
  }

  return {
    settle: (place, messages, apart) => settle(place, messages, apart ? alone : together),
    struggles: () => failures >= IN_A_ROW,
    count: () => ({ ...applier.count, retried }),
  };
}
