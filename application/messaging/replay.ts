import { decode } from "./codec.ts";
import { Fenced, messageOf, Unavailable } from "./faults.ts";
import type { Guard } from "./guard.ts";
import { keyName } from "./key_name.ts";
import type { Clock, LetterView, Log, StoredLetter } from "./ports.ts";
import { createReader } from "./read.ts";
import type { Sink } from "./sink.ts";

export type SettlingParts = {
  letters: LetterView;
  /** The sinks of the service's consumers, by the consumer's name. */
  sinks: Record<string, Sink>;
  clock: Clock;
  logger: Log;
};

/** What came of a letter: `gone` was settled by somebody else meanwhile, `waiting` has one before it that failed. */
export type Settled = { id: number; came: "replayed" | "discarded" | "failed" | "waiting" | "gone"; detail?: string };

const PAGE = 100;

/**
 * Handles letters again, each in one transaction with its settlement, so that it has its effect once however often it is
 * replayed, while the consumer runs or not. With a letter go all those of its key, in their order. `ids`: undefined for all.
 */
export async function* replay(parts: SettlingParts, ids?: number[]): AsyncGenerator<Settled> {
  const stopped = new Set<string>();
  for await (const letter of chosen(parts.letters, ids)) {
    const { id, ordered } = letter;
    const sequence = sequenceOf(letter);
    if (ordered && stopped.has(sequence)) {
      yield { id, came: "waiting" };
      continue;
    }
    const settled = await again(parts, letter);
    if (settled.came === "failed") stopped.add(sequence);
    yield settled;
  }
}

/** Gives letters up for good. A command among them that nobody has answered yet is answered by command-failed. */
export async function* discard(parts: SettlingParts, ids?: number[]): AsyncGenerator<Settled> {
  for await (const letter of named(parts.letters, ids)) {
    const { message, reason } = letter;
    const decoded = decode(message);
    const failed = reason === "failed" || !decoded.ok
      ? []
      : [{ envelope: decoded.value, detail: "given up by an operator" }];
    yield await settledBy(parts, letter, "discarded", (sink, guard) => sink.handle([], { ...guard, failed }));
  }
}

async function again(parts: SettlingParts, letter: StoredLetter): Promise<Settled> {
  const sink = parts.sinks[letter.consumer];
  if (sink === undefined) return { id: letter.id, came: "failed", detail: `no consumer ${letter.consumer} is here` };
  const { received, letter: aside } = createReader(sink, parts.clock)(letter.message);
  if (aside !== undefined) return await failed(parts, letter, aside.detail);
  const taken = received === undefined ? [] : [received];
  return await settledBy(parts, letter, "replayed", (into, guard) => into.handle(taken, guard));
}

async function settledBy(
  parts: SettlingParts,
  letter: StoredLetter,
  how: "replayed" | "discarded",
  handle: (sink: Sink, guard: Guard) => Promise<unknown>,
): Promise<Settled> {
  const { id, consumer } = letter;
  const sink = parts.sinks[consumer];
  if (sink === undefined) return { id, came: "failed", detail: `no consumer ${consumer} is here` };
  const guard: Guard = {
    failed: [],
    async begin({ letterDesk }) {
      if (!(await letterDesk.hold([id])).has(id)) throw new Fenced(`letter ${id} is settled`);
    },
    end: ({ letterDesk }) => letterDesk.settle([id], how, parts.clock.now()),
  };
  try {
    await handle(sink, guard);
    if (how === "replayed") parts.logger.info("letter-replayed", { consumer, letter: id });
    else parts.logger.info("letter-discarded", { consumer, letter: id });
    return { id, came: how };
  } catch (error) {
    if (error instanceof Fenced) return { id, came: "gone" };
    if (error instanceof Unavailable) throw error;
    return await failed(parts, letter, messageOf(error));
  }
}

/** Notes the attempt; the letter stays. */
async function failed({ sinks }: SettlingParts, { id, consumer }: StoredLetter, detail: string): Promise<Settled> {
  await sinks[consumer]!.handle([], {
    failed: [],
    begin: () => Promise.resolve(),
    end: ({ letterDesk }) => letterDesk.failedAgain(id, detail.slice(0, 1000)),
  });
  return { id, came: "failed", detail };
}

/** The letters that a replay of these takes: before and behind each the others of its key. */
export async function* chosen(letters: LetterView, ids: number[] | undefined): AsyncGenerator<StoredLetter> {
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
export const named = (letters: LetterView, ids: number[] | undefined): AsyncGenerator<StoredLetter> =>
  ids === undefined ? every(letters, {}) : each(letters, ids);

async function* each(letters: LetterView, ids: number[]): AsyncGenerator<StoredLetter> {
  for (const id of ids) {
    const letter = await letters.get(id);
    if (letter !== undefined) yield letter;
  }
}

async function* every(letters: LetterView, filter: Parameters<LetterView["list"]>[0]): AsyncGenerator<StoredLetter> {
  for (let after = 0;;) {
    const page = await letters.list(filter, after, PAGE);
    // What is set aside meanwhile waits behind one of these, so that it goes with them.
    if (page.length === 0) return;
    yield* page;
    after = page.at(-1)!.id;
  }
}

const sequenceOf = ({ id, consumer, version, ordered, message: { topic, key } }: StoredLetter): string =>
  ordered && key !== null ? JSON.stringify([consumer, version, topic, keyName(key)]) : String(id);
