import { keyName } from "@/application/messaging/wire/key_name.ts";
import type { StoredDeadLetter } from "@/application/messaging/consuming/ports.ts";
import type { DeadLetterFilter, DeadLetterReader } from "./ports.ts";

const PAGE_ROWS = 100;

/** Yields the dead letters to replay, page by page: with each ordered one, all others of its key. */
export async function* selectForReplay(
  deadLetters: DeadLetterReader,
  ids: number[] | undefined,
): AsyncGenerator<StoredDeadLetter[]> {
  if (ids === undefined) return yield* listAll(deadLetters, {});
  const taken = new Set<string>();
  for await (const [deadLetter] of getEach(deadLetters, ids)) {
    if (!deadLetter!.ordered) {
      yield [deadLetter!];
      continue;
    }
    const sequence = sequenceOf(deadLetter!);
    if (taken.has(sequence)) continue;
    taken.add(sequence);
    const { consumer, version, message: { topic, key } } = deadLetter!;
    for await (const page of listAll(deadLetters, { consumer, version, topic, key: keyName(key!) })) {
      yield page.filter(({ ordered }) => ordered);
    }
  }
}

/** Yields the dead letters to discard, page by page: those asked for, or all. */
export const selectForDiscard = (
  deadLetters: DeadLetterReader,
  ids: number[] | undefined,
): AsyncGenerator<StoredDeadLetter[]> => ids === undefined ? listAll(deadLetters, {}) : getEach(deadLetters, ids);

/** Returns the name of a dead letter's sequence. Ordered dead letters of one key share a sequence. */
export const sequenceOf = ({ id, consumer, version, ordered, message: { topic, key } }: StoredDeadLetter): string =>
  ordered && key !== null ? JSON.stringify([consumer, version, topic, keyName(key)]) : String(id);

/** Yields each dead letter that is still parked as a page of its own. */
async function* getEach(deadLetters: DeadLetterReader, ids: number[]): AsyncGenerator<StoredDeadLetter[]> {
  for (const id of ids) {
    const found = await deadLetters.get(id);
    if (found !== undefined) yield [found];
  }
}

async function* listAll(deadLetters: DeadLetterReader, filter: DeadLetterFilter): AsyncGenerator<StoredDeadLetter[]> {
  for (let after = 0;;) {
    const page = await deadLetters.list(filter, after, PAGE_ROWS);
    // Reads until a page is empty, so that messages parked behind these meanwhile are included.
    if (page.length === 0) return;
    yield page;
    after = page.at(-1)!.id;
  }
}
