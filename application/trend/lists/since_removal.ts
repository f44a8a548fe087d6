import type { Bucket } from "@/domain/trend/decay.ts";
import type { Subject } from "@/domain/trend/vote.ts";
import { BUCKET_MS, bucketOf } from "@/domain/trend/window.ts";
import { DAY } from "@/domain/hours.ts";
import type { ReaderFloor, Tally, TrendReader } from "@/application/trend/ports.ts";

/**
 * The time from which the votes of keys count; 0 for all of them. Votes stay as they are when a book is removed: they come in other
 * partitions than its removal, so that only what is read of them is the same in whatever order both came.
 */
export type Since = ReadonlyMap<string, number>;

/** The keys that enough voters have voted for since, up to `at`. */
export async function reachedSince(
  floor: ReaderFloor,
  { subject, known, since, at, leastReaders }: {
    subject: Subject;
    known: string[];
    since: Since;
    at: number;
    leastReaders: number;
  },
): Promise<Set<string>> {
  const groups = Map.groupBy(known, (key) => since.get(key) ?? 0);
  const reached = await Promise.all(
    [...groups].map(([from, keys]) =>
      floor.reached(subject, keys, leastReaders, from > 0 ? { from, to: at } : { to: at })
    ),
  );
  return new Set(reached.flatMap((keys) => [...keys]));
}

/**
 * What was done with the books of each key in the day up to `at`, and since. A reader of several books of a key is one reader.
 */
export async function tallySince(
  view: TrendReader,
  booksOf: ReadonlyMap<string, readonly string[]>,
  since: Since,
  at: number,
): Promise<Tallies> {
  const all = [...new Set([...booksOf.values()].flat())];
  const tallies = await Promise.all(
    daySince(all, since, at).map(([from, keys]) => view.tally("book", keys, from, at)),
  );
  const ofBook = new Map(tallies.flatMap((tally) => [...tally]));
  const rows = await Promise.all([...booksOf].map(async ([key, books]) => {
    const sum = { count: 0, readers: 0, searches: 0 };
    for (const book of books) {
      const { count = 0, readers = 0, searches = 0 } = ofBook.get(book) ?? {};
      sum.count += count;
      sum.readers += readers;
      sum.searches += searches;
    }
    const readers = books.length === 1 ? sum.readers : await readersSince(view, books, since, at);
    return [key, { ...sum, readers }] as const;
  }));
  return new Map(rows);
}

/** How many readers did something with any of the books in the day up to `at`, and since. */
async function readersSince(view: TrendReader, books: readonly string[], since: Since, at: number): Promise<number> {
  const readers = await Promise.all(
    daySince(books, since, at).map(([from, keys]) => view.readers("book", keys, from, at)),
  );
  return new Set(readers.flatMap((some) => [...some])).size;
}

/** Books by the time after which their votes of the day count. The time since which they do counts itself. */
const daySince = (books: readonly string[], since: Since, at: number): [from: number, keys: string[]][] => [
  ...Map.groupBy(books, (key) => Math.max(at - DAY, (since.get(key) ?? 0) - 1)),
];

type Tallies = Map<string, Tally>;

/** The buckets of keys from the earliest time on, of which only what came since counts. One that had begun before is counted again from its votes. */
export async function bucketsSince(
  view: TrendReader,
  subject: Subject,
  keys: string[],
  { since, earliest }: { since: Since; earliest: number },
): Promise<Map<string, Bucket[]>> {
  const buckets = await view.buckets(subject, keys, earliest);
  const cut = keys.map((key) => ({ key, from: since.get(key) ?? 0 })).filter(({ from }) => from > 0);
  if (cut.length === 0) return buckets;
  const sums = await view.sums(cut.map(({ key, from }) => ({ key, from, to: bucketOf(from) + BUCKET_MS })));
  for (const { key, from } of cut) {
    const { count = 0, weight = 0 } = sums.get(key) ?? {};
    const begun = count === 0 ? [] : [{ start: bucketOf(from), count, weight }];
    const later = buckets.get(key)?.filter(({ start }) => start > bucketOf(from)) ?? [];
    buckets.set(key, [...begun, ...later]);
  }
  return buckets;
}
