import { decode } from "@/application/messaging/wire/codec.ts";
import { Fenced, messageOf, Unavailable } from "@/application/faults.ts";
import type { Clock, Logger } from "@/application/ports.ts";
import { createClassifier } from "@/application/messaging/consuming/classify.ts";
import type { StoredDeadLetter } from "@/application/messaging/consuming/ports.ts";
import type { Failed, Received, Sink } from "@/application/messaging/consuming/sink.ts";
import type { DeadLetterReader, DeadLetterStores } from "./ports.ts";
import { selectForDiscard, selectForReplay, sequenceOf } from "./selection.ts";

/** Sinks by the consumer's name and the version that a dead letter belongs to. */
export type Sinks = Record<string, (version: number) => Sink<DeadLetterStores>>;

export type ReplayDeps = {
  deadLetters: DeadLetterReader;
  /** The sinks of the service's consumers. */
  sinks: Sinks;
  clock: Clock;
  logger: Logger;
};

/** The result for a dead letter. `gone`: another operator has closed it. `waiting`: one before it in its key has failed. */
export type Closed = { id: number; came: "replayed" | "discarded" | "failed" | "waiting" | "gone"; detail?: string };

/**
 * Handles dead letters again and closes each in the same transaction: it has its effect once, however often it is replayed,
 * while the consumer runs or not. All dead letters of its key are replayed with it, in order. `ids`: undefined for all.
 */
export async function* replay(deps: ReplayDeps, ids?: number[]): AsyncGenerator<Closed> {
  const failed = new Set<string>();
  for await (const deadLetter of selectForReplay(deps.deadLetters, ids)) {
    const { id, ordered } = deadLetter;
    const sequence = sequenceOf(deadLetter);
    if (ordered && failed.has(sequence)) {
      yield { id, came: "waiting" };
      continue;
    }
    const closed = await replayOne(deps, deadLetter);
    if (closed.came === "failed") failed.add(sequence);
    yield closed;
  }
}

/** Gives dead letters up for good. A command among them that has no answer yet is answered by command-failed. */
export async function* discard(deps: ReplayDeps, ids?: number[]): AsyncGenerator<Closed> {
  for await (const deadLetter of selectForDiscard(deps.deadLetters, ids)) yield await discardOne(deps, deadLetter);
}

async function replayOne(deps: ReplayDeps, deadLetter: StoredDeadLetter): Promise<Closed> {
  const sink = sinkOf(deps, deadLetter);
  if (sink === undefined) return withoutSink(deadLetter);
  if (deadLetter.reason === "undecodable") return { id: deadLetter.id, came: "failed", detail: NO_MESSAGE };
  const classified = createClassifier(sink, deps.clock)(deadLetter.message);
  if (classified.kind === "park") return await noteFailure(sink, deadLetter, classified.parking.detail);
  const received = classified.kind === "handle" ? [classified.received] : [];
  return await close(deps, deadLetter, { sink, how: "replayed", received, failed: [] });
}

async function discardOne(deps: ReplayDeps, deadLetter: StoredDeadLetter): Promise<Closed> {
  const sink = sinkOf(deps, deadLetter);
  if (sink === undefined) return withoutSink(deadLetter);
  const { message, reason } = deadLetter;
  const decoded = decode(message);
  const unanswered = reason !== "failed" && decoded.ok;
  const failed = unanswered ? [{ envelope: decoded.value, detail: "given up by an operator" }] : [];
  return await close(deps, deadLetter, { sink, how: "discarded", received: [], failed });
}

const NO_MESSAGE = "it holds what the log could not read, and no message: send its messages again, then discard it";

/** The sink of a dead letter's consumer and version. The same sink classifies and handles the message. */
const sinkOf = ({ sinks }: ReplayDeps, { consumer, version }: StoredDeadLetter): Sink<DeadLetterStores> | undefined =>
  sinks[consumer]?.(version);

const withoutSink = ({ id, consumer }: StoredDeadLetter): Closed => ({
  id,
  came: "failed",
  detail: `no consumer ${consumer} is here`,
});

type Closing = { sink: Sink<DeadLetterStores>; how: "replayed" | "discarded"; received: Received[]; failed: Failed[] };

/** Handles a dead letter and closes it, in one transaction. */
async function close(
  { clock, logger }: ReplayDeps,
  deadLetter: StoredDeadLetter,
  { sink, how, received, failed }: Closing,
): Promise<Closed> {
  const { id, consumer } = deadLetter;
  try {
    await sink.handle({
      received,
      failed,
      async before({ deadLetterClosing }) {
        if (!(await deadLetterClosing.hold([id])).has(id)) throw new Fenced(`dead letter ${id} is closed`);
      },
      after: ({ deadLetterClosing }) => deadLetterClosing.close([id], how, clock.now()),
    });
    if (how === "replayed") logger.info("dead-letter-replayed", { consumer, deadLetter: id });
    else logger.info("dead-letter-discarded", { consumer, deadLetter: id });
    return { id, came: how };
  } catch (error) {
    if (error instanceof Fenced) return { id, came: "gone" };
    if (error instanceof Unavailable) throw error;
    return await noteFailure(sink, deadLetter, messageOf(error));
  }
}

/** Counts one more failed attempt. The dead letter stays. */
async function noteFailure(
  sink: Sink<DeadLetterStores>,
  { id }: StoredDeadLetter,
  detail: string,
): Promise<Closed> {
  await sink.handle({
    received: [],
    failed: [],
    before: () => Promise.resolve(),
    after: ({ deadLetterClosing }) => deadLetterClosing.noteFailure(id, detail.slice(0, 1000)),
  });
  return { id, came: "failed", detail };
}
