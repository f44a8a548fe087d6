import { RecentMap } from "@/domain/recent_map.ts";
import { type LikeWord, Vocabulary } from "@/domain/catalog/spelling/vocabulary.ts";
import { elapsedMs } from "@/application/elapsed.ts";
import type { Clock } from "@/application/ports.ts";
import { createTimeSlices } from "@/application/shared/concurrency/time_slices.ts";
import type { Statements, Value } from "@/adapters/sql/statements.ts";
import { allOf } from "@/adapters/sql/lists.ts";

/** Words of the catalogue that are like a typed one. */
export interface Words {
  like(word: string, most: number, prefix: boolean): Promise<LikeWord[]>;
  sounding(word: string): Promise<string[]>;
}

const ROWS_PER_READ = 2_000;
/** A server may show a row long after one with a higher number. Rows are read again for so long after they were first there. */
const LATE_MS = 60_000;
const AGAIN_MS = 5_000;
const UNKNOWN = -Infinity;

/**
 * A packed copy of the table of words in memory, which follows the table: words are only ever added to it, in the order of their
 * numbers. Read in steps, as other work goes on meanwhile.
 */
export function followWords({ all, dialect }: Pick<Statements, "all" | "dialect">, clock: Clock): Words {
  const vocabulary = new Vocabulary();
  let last = 0;
  /** Nothing up to this number is still to come. `next`: the number that it will be, some time after `since`. */
  let settled = { number: 0, next: 0, since: -Infinity };
  /** The rows behind `settled` that were read. */
  let rowsRead = 0;
  let readAt = -Infinity;
  let pending: Promise<void> | undefined;

  async function readFrom(number: number): Promise<void> {
    for (let from = number;;) {
      const rows = await all("SELECT number, word FROM word WHERE number > ? ORDER BY number LIMIT ?", [
        from,
        ROWS_PER_READ,
      ]);
      for (const { word } of rows) vocabulary.add(String(word));
      rowsRead += rows.length;
      from = Number(rows.at(-1)?.number ?? from);
      last = Math.max(last, from);
      if (rows.length < ROWS_PER_READ) return;
    }
  }
  async function follow(): Promise<void> {
    if (dialect.numbersInOrder || elapsedMs(clock, readAt) < AGAIN_MS) return await readFrom(last);
    readAt = clock.now();
    if (await hasLateRows()) {
      rowsRead = 0;
      await readFrom(settled.number);
    } else await readFrom(last);
    if (elapsedMs(clock, settled.since) < LATE_MS) return;
    if (settled.next !== settled.number) rowsRead = UNKNOWN;
    settled = { number: settled.next, next: last, since: clock.now() };
  }
  /** Rows are never removed, so their number says whether one was added before the last one. Reading them all takes far longer. */
  async function hasLateRows(): Promise<boolean> {
    if (rowsRead === UNKNOWN) return true;
    const sql = "SELECT COUNT(*) AS n FROM word WHERE number > ? AND number <= ?";
    return Number((await all(sql, [settled.number, last]))[0]!.n) !== rowsRead;
  }
  /** Walks the words in slices of time. */
  async function walk<Found>(scan: Generator<undefined, Found>): Promise<Found> {
    pending ??= follow().finally(() => pending = undefined);
    await pending;
    const slice = createTimeSlices(clock);
    for (;;) {
      const step = scan.next();
      if (step.done) return step.value;
      await slice();
    }
  }
  return {
    like: (word, most, prefix) => walk(vocabulary.scan(word, most, prefix)),
    sounding: (word) => walk(vocabulary.sounding(word)),
  };
}

/** Words that are in the table for sure, as they are never removed. Only words of transactions that are committed are added. */
export type StoredWords = { has(word: string): boolean; add(words: Iterable<string>): void };

/** About 10 MB. */
const MAX_REMEMBERED = 100_000;

/** Remembers at least the last words that were added, so that hardly any is asked for again: most words of a book are those of others. */
export function rememberWords(most = MAX_REMEMBERED): StoredWords {
  const kept = new RecentMap<true>(most / 2);
  return {
    has: (word) => kept.has(word),
    add(words) {
      for (const word of words) kept.set(word, true);
    },
  };
}

/** Adds words to the table that are not there yet. Words stay when their last book goes: search asks for books anyway. */
export async function addWords(
  statements: Statements,
  words: Set<string>,
  stored?: Pick<StoredWords, "has">,
): Promise<void> {
  const all = [...words].filter((word) => stored?.has(word) !== true).sort();
  const known = new Set(
    (await allOf(statements, "SELECT word FROM word WHERE word IN (?)", [], all)).map(({ word }) => String(word)),
  );
  const fresh: Value[][] = all.filter((word) => !known.has(word)).map((word) => [word]);
  await statements.runRows(`INSERT INTO word (word) VALUES ? ${statements.dialect.ignore("word")}`, fresh);
}
