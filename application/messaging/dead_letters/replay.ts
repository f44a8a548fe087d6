import { decode } from "@/application/messaging/wire/codec.ts";
import { messageOf, Unavailable } from "@/application/faults.ts";
import { piecesOf } from "@/application/pieces.ts";
import { createClassifier } from "@/application/messaging/consuming/classify.ts";
import type { StoredDeadLetter } from "@/application/messaging/consuming/ports.ts";
import type { Sink } from "@/application/messaging/consuming/sink.ts";
import { close, type Closed, type CloseDeps, type Closing, MoreBehind, recordFailure } from "./close.ts";
import type { DeadLetterReader, DeadLetterStores } from "./ports.ts";
import { selectForDiscard, selectForReplay, sequenceOf } from "./selection.ts";

type OwnSink = Sink<DeadLetterStores>;

/** The sinks by a consumer's name and a dead letter's projection version. */
export type Sinks = Record<string, (version: number) => OwnSink>;

export type ReplayDeps = CloseDeps & {
  deadLetters: DeadLetterReader;
  /** The sinks of the service's consumers. */
  sinks: Sinks;
};

/** The most dead letters of one transaction. */
const MAX_TOGETHER = 100;

/** `failed`: sequences with a failed dead letter, whose later ones wait. `early`: ids that were replayed before their page. */
type Progress = { failed: Set<string>; early: Set<number> };

/**
 * Handles dead letters again and closes each in the same transaction, so it takes effect once, also while the consumer runs. All
 * dead letters of its key are replayed with it, in order. `ids`: undefined for all. Yields the results page by page.
 */
export async function* replay(deps: ReplayDeps, ids?: number[]): AsyncGenerator<Closed[]> {
  const progress: Progress = { failed: new Set(), early: new Set() };
  for await (const page of selectForReplay(deps.deadLetters, ids)) {
    const closed: Closed[] = [];
    for (const list of byTopic(page.filter(({ id }) => !progress.early.delete(id)))) {
      const sink = sinkOf(deps, list[0]!);
      if (sink === undefined) {
        closed.push(...list.map(withoutSink));
        continue;
      }
      for (const [some, behind] of chunksOf(list, sink)) {
        closed.push(...await replaySome(deps, some, { sink, progress, behind }));
      }
    }
    yield closed.sort((a, b) => a.id - b.id);
  }
}

/** Gives dead letters up for good. A command that has no answer yet is answered by command-failed. */
export async function* discard(deps: ReplayDeps, ids?: number[]): AsyncGenerator<Closed[]> {
  for await (const page of selectForDiscard(deps.deadLetters, ids)) {
    for (const deadLetter of page) yield [await discardOne(deps, deadLetter)];
  }
}

/** Groups a page by consumer, version and topic, as a consumer's transaction has messages of one topic only. */
const byTopic = (page: StoredDeadLetter[]): Iterable<StoredDeadLetter[]> =>
  Map.groupBy(page, ({ consumer, version, message }) => JSON.stringify([consumer, version, message.topic])).values();

/** Yields the dead letters of each transaction, with how many more fit into it. */
function* chunksOf(list: StoredDeadLetter[], { maxMessages }: OwnSink): Generator<[StoredDeadLetter[], number]> {
  const most = Math.min(maxMessages, MAX_TOGETHER);
  for (const some of piecesOf(list, most)) yield [some, most - some.length];
}

type ReplayOptions = { sink: OwnSink; progress: Progress; behind: number };

/**
 * Replays dead letters in one transaction, with at most `behind` messages that were parked behind them meanwhile. When it fails,
 * halves them until the failing one is alone.
 */
async function replaySome(deps: ReplayDeps, list: StoredDeadLetter[], options: ReplayOptions): Promise<Closed[]> {
  const { sink, progress: { failed, early }, behind } = options;
  const closed: Closed[] = [];
  const closing: Closing[] = [];
  const fail = async (deadLetter: StoredDeadLetter, detail: string) => {
    failed.add(sequenceOf(deadLetter));
    closed.push(await recordFailure(sink, deadLetter, detail));
  };
  const classify = createClassifier(sink, deps.clock);
  for (const deadLetter of list) {
    const { id, ordered, reason, message } = deadLetter;
    if (ordered && failed.has(sequenceOf(deadLetter))) {
      closed.push({ id, came: "waiting" });
      continue;
    }
    if (reason === "undecodable") {
      closed.push({ id, came: "failed", detail: NO_MESSAGE });
      continue;
    }
    const classified = classify(message);
    if (classified.kind === "park") {
      await fail(deadLetter, classified.parking.detail);
      continue;
    }
    closing.push({ deadLetter, received: classified.kind === "handle" ? [classified.received] : [], failed: [] });
  }
  const own = closing.map(({ deadLetter }) => deadLetter);
  const again = async (list: StoredDeadLetter[], behind: number) =>
    closed.push(...await replaySome(deps, list, { ...options, behind }));
  try {
    closed.push(...await close(deps, closing, { sink, how: "replayed", behind }));
  } catch (error) {
    if (error instanceof Unavailable) throw error;
    if (error instanceof MoreBehind) {
      for (const { id } of error.list) early.add(id);
      await again([...own, ...error.list], behind - error.list.length);
    } else if (own.length === 1) await fail(own[0]!, messageOf(error));
    else for (const half of halvesOf(own)) await again(half, 0);
  }
  return closed;
}

const halvesOf = <Item>(list: Item[]): Generator<Item[]> => piecesOf(list, Math.ceil(list.length / 2));

async function discardOne(deps: ReplayDeps, deadLetter: StoredDeadLetter): Promise<Closed> {
  const sink = sinkOf(deps, deadLetter);
  if (sink === undefined) return withoutSink(deadLetter);
  const { message, reason } = deadLetter;
  const decoded = decode(message);
  const unanswered = reason !== "failed" && decoded.ok;
  const failed = unanswered ? [{ envelope: decoded.value, detail: "given up by an operator" }] : [];
  try {
    return (await close(deps, [{ deadLetter, received: [], failed }], { sink, how: "discarded", behind: 0 }))[0]!;
  } catch (error) {
    if (error instanceof Unavailable) throw error;
    return await recordFailure(sink, deadLetter, messageOf(error));
  }
}

const NO_MESSAGE = "it holds what the log could not read, and no message: send its messages again, then discard it";

/** Returns the sink of a dead letter's consumer and version, or undefined when this service has no such consumer. */
const sinkOf = ({ sinks }: ReplayDeps, { consumer, version }: StoredDeadLetter): OwnSink | undefined =>
  sinks[consumer]?.(version);

const withoutSink = ({ id, consumer }: StoredDeadLetter): Closed => ({
  id,
  came: "failed",
  detail: `no consumer ${consumer} is here`,
});
