import { decode } from "@/application/messaging/wire/codec.ts";
import { Fenced, messageOf, Unavailable } from "@/application/faults.ts";
import type { Guard } from "@/application/messaging/consuming/guard.ts";
import { keyName } from "@/application/messaging/wire/key_name.ts";
import type { Clock, Logger } from "@/application/ports.ts";
import type { DeadLetterReader } from "./ports.ts";
import type { StoredDeadLetter } from "@/application/messaging/consuming/ports.ts";
import { createReader } from "@/application/messaging/consuming/classify.ts";
import type { Received, Sink } from "@/application/messaging/consuming/sink.ts";

export type Sinks = Record<string, (version: number) => Sink>;

export type SettlingDeps = {
  letters: DeadLetterReader;
  /** The sinks of the service's consumers, by the consumer's name and the version that a letter belongs to. */
  sinks: Sinks;
  clock: Clock;
  logger: Logger;
};

/** What came of a letter: `gone` was settled by somebody else meanwhile, `waiting` has one before it that failed. */
export type Settled = { id: number; came: "replayed" | "discarded" | "failed" | "waiting" | "gone"; detail?: string };

const PAGE = 100;

/**
 * Handles letters again, each in one transaction with its settlement, so that it has its effect once however often it is
 * replayed, while the consumer runs or not. With a letter go all those of its key, in their order. `ids`: undefined for all.
 */
export async function* replay(deps: SettlingDeps, ids?: number[]): AsyncGenerator<Settled> {
  const stopped = new Set<string>();
  for await (const letter of lettersToReplay(deps.letters, ids)) {
    const { id, ordered } = letter;
    const sequence = sequenceOf(letter);
    if (ordered && stopped.has(sequence)) {
      yield { id, came: "waiting" };
      continue;
    }
    const came = await again(deps, letter);
    if (came.came === "failed") stopped.add(sequence);
    yield came;
  }
}

/** Gives letters up for good. A command among them that nobody has answered yet is answered by command-failed. */
export async function* discard(deps: SettlingDeps, ids?: number[]): AsyncGenerator<Settled> {
  for await (const letter of lettersToDiscard(deps.letters, ids)) {
    const { message, reason } = letter;
    const decoded = decode(message);
    const failed = reason === "failed" || !decoded.ok
      ? []
      : [{ envelope: decoded.value, detail: "given up by an operator" }];
    yield await bySink(deps, letter, (sink) => settled(deps, letter, sink, "discarded", [], failed));
  }
}

const again = (deps: SettlingDeps, letter: StoredDeadLetter): Promise<Settled> =>
  bySink(deps, letter, async (sink) => {
    const { received, letter: aside } = createReader(sink, deps.clock)(letter.message);
    if (aside !== undefined) return await failed(letter, sink, aside.detail);
    return await settled(deps, letter, sink, "replayed", received === undefined ? [] : [received]);
  });

/** Does something with the sink of a letter's consumer and version: the one that judges a message has to handle it, too. */
async function bySink(
  { sinks }: SettlingDeps,
  { id, consumer, version }: StoredDeadLetter,
  work: (sink: Sink) => Promise<Settled>,
): Promise<Settled> {
  const sink = sinks[consumer]?.(version);
  return sink === undefined ? { id, came: "failed", detail: `no consumer ${consumer} is here` } : await work(sink);
}

async function settled(
  { clock, logger }: SettlingDeps,
  letter: StoredDeadLetter,
  sink: Sink,
  how: "replayed" | "discarded",
  received: Received[],
  unanswered: Guard["failed"] = [],
): Promise<Settled> {
  const { id, consumer } = letter;
  const guard: Guard = {
    failed: unanswered,
    async begin({ deadLetterDesk }) {
      if (!(await deadLetterDesk.hold([id])).has(id)) throw new Fenced(`letter ${id} is settled`);
    },
    end: ({ deadLetterDesk }) => deadLetterDesk.settle([id], how, clock.now()),
  };
  try {
    await sink.handle(received, guard);
    if (how === "replayed") logger.info("letter-replayed", { consumer, letter: id });
    else logger.info("letter-discarded", { consumer, letter: id });
    return { id, came: how };
  } catch (error) {
    if (error instanceof Fenced) return { id, came: "gone" };
    if (error instanceof Unavailable) throw error;
    return await failed(letter, sink, messageOf(error));
  }
}

/** Notes the attempt; the letter stays. */
async function failed({ id }: StoredDeadLetter, sink: Sink, detail: string): Promise<Settled> {
  await sink.handle([], {
    failed: [],
    begin: () => Promise.resolve(),
    end: ({ deadLetterDesk }) => deadLetterDesk.failedAgain(id, detail.slice(0, 1000)),
  });
  return { id, came: "failed", detail };
}

/** The letters that a replay of these takes: before and behind each the others of its key. */
export async function* lettersToReplay(
  letters: DeadLetterReader,
  ids: number[] | undefined,
): AsyncGenerator<StoredDeadLetter> {
  if (ids === undefined) return yield* every(letters, {});
  const done = new Set<string>();
  for await (const letter of each(letters, ids)) {
    if (!letter.ordered) {
      yield letter;
      continue;
    }
    const sequence = sequenceOf(letter);
    if (done.has(sequence)) continue;
    done.add(sequence);
    const { consumer, version, message: { topic, key } } = letter;
    for await (const one of every(letters, { consumer, version, topic, key: keyName(key!) })) {
      if (one.ordered) yield one;
    }
  }
}

/** The letters that are discarded: those asked for, or all. */
export const lettersToDiscard = (
  letters: DeadLetterReader,
  ids: number[] | undefined,
): AsyncGenerator<StoredDeadLetter> => ids === undefined ? every(letters, {}) : each(letters, ids);

async function* each(letters: DeadLetterReader, ids: number[]): AsyncGenerator<StoredDeadLetter> {
  for (const id of ids) {
    const letter = await letters.get(id);
    if (letter !== undefined) yield letter;
  }
}

async function* every(
  letters: DeadLetterReader,
  filter: Parameters<DeadLetterReader["list"]>[0],
): AsyncGenerator<StoredDeadLetter> {
  for (let after = 0;;) {
    const page = await letters.list(filter, after, PAGE);
    // What is set aside meanwhile waits behind one of these, so that it goes with them.
    if (page.length === 0) return;
    yield* page;
    after = page.at(-1)!.id;
  }
}

const sequenceOf = ({ id, consumer, version, ordered, message: { topic, key } }: StoredDeadLetter): string =>
  ordered && key !== null ? JSON.stringify([consumer, version, topic, keyName(key)]) : String(id);
