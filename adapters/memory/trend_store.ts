import { hourOf } from "@/domain/hours.ts";
import { mergeBuckets, sumOf } from "@/domain/trend/decay.ts";
import { type Vote, voteKey } from "@/domain/trend/vote.ts";
import type {
  KeyedBucket,
  KeyedScore,
  SubjectKey,
  TrendBook,
  TrendQuery,
  TrendStore,
  TrendStores,
  TrendVersion,
} from "@/application/trend/ports.ts";
import { defined } from "@/application/defined.ts";
import { byText, keyOf, MemoryDatabase } from "./database.ts";
import { memoryErasedMarks } from "./erased_marks.ts";
import { memoryConsumerStores, memoryLeases } from "./messaging_stores.ts";
import { pageOf } from "./pages.ts";
import { memoryVersions, perVersion } from "./versions.ts";

const tablesIn = (database: MemoryDatabase) => ({
  votes: database.table<Vote & { noted: number }>(),
  buckets: database.table<KeyedBucket>(),
  scores: database.table<KeyedScore>(),
  books: database.table<TrendBook>(),
  queries: database.table<TrendQuery>(),
});
type Tables = ReturnType<typeof tablesIn>;
type Shared = Omit<TrendStores, "votes" | "counts" | "scores" | "shown">;

/** The trend service's store in memory. `now`: the store's clock, in milliseconds. */
export function createMemoryTrendStore({ now = () => Date.now() }: { now?: () => number } = {}): TrendStore {
  const database = new MemoryDatabase();
  const consumer = memoryConsumerStores(database);
  const tables = perVersion(() => tablesIn(database));
  const { versions, live } = memoryVersions(database, consumer, tables.all);
  const { leases, fence } = memoryLeases(database, now);
  const shared: Shared = { ...consumer.stores, versions, fence, erased: memoryErasedMarks(database) };
  return {
    at: (version) => versionOf(database, tables.of(version), shared, now),
    live,
    movedAt: () => Promise.resolve(undefined),
    leases,
    deadLetters: consumer.letters,
    changes: () => database.changes(),
    ping: () => Promise.resolve(),
    size: () => Promise.resolve(0),
    close: () => Promise.resolve(),
  };
}

function versionOf(
  database: MemoryDatabase,
  { votes, buckets, scores, books, queries }: Tables,
  shared: Shared,
  now: () => number,
): TrendVersion {
  const name = ({ subject, key }: SubjectKey) => keyOf(subject, key);
  const of = (rows: SubjectKey, subject: string, key: string) => rows.subject === subject && rows.key === key;

  const stores: TrendStores = {
    ...shared,
    votes: {
      addNew: (found) =>
        Promise.resolve(found.filter((vote) => {
          if (votes.get(voteKey(vote)) !== undefined) return false;
          votes.set(voteKey(vote), { ...vote, noted: now() });
          return true;
        })),
      removeReader(reader) {
        const own = votes.values().filter((vote) => vote.reader === reader);
        for (const vote of own) votes.delete(voteKey(vote));
        return Promise.resolve(own.map(withoutNoted));
      },
      purge(before, after, most) {
        const name = ({ subject, key }: SubjectKey) => keyOf(subject, key);
        const [from, cut] = [after === undefined ? "" : name(after), hourOf(before)];
        const next = scores.values().sort((a, b) => byText(name(a), name(b))).find((row) => name(row) > from);
        if (next === undefined) return Promise.resolve({ removed: 0, done: true });
        const old = votes.values().filter((vote) =>
          name(vote) === name(next) && hourOf(vote.time) < cut && vote.noted < before
        ).slice(0, most);
        for (const vote of old) votes.delete(voteKey(vote));
        return Promise.resolve({
          removed: old.length,
          done: false,
          ...defined({ after: old.length === most ? after : { subject: next.subject, key: next.key } }),
        });
      },
    },
    counts: {
      add(added) {
        for (const bucket of added) {
          const key = keyOf(bucket.subject, bucket.key, bucket.start, bucket.kind);
          const sum = buckets.get(key) ?? { ...bucket, count: 0, weight: 0 };
          const next = { ...sum, count: sum.count + bucket.count, weight: sum.weight + bucket.weight };
          if (next.count === 0) buckets.delete(key);
          else buckets.set(key, next);
        }
        return Promise.resolve();
      },
      of: (subject, key) =>
        Promise.resolve(
          buckets.values().filter((row) => of(row, subject, key)).sort((a, b) =>
            a.start - b.start || byText(a.kind, b.kind)
          ),
        ),
    },
    scores: {
      add(rows) {
        for (const row of rows) {
          const before = scores.get(name(row));
          scores.set(name(row), before === undefined ? row : { ...row, score: sumOf(before.score, row.score) });
        }
        return Promise.resolve();
      },
      lock: (keys) => Promise.resolve(keys.flatMap((key) => scores.get(name(key)) ?? [])),
      put(rows) {
        for (const row of rows) scores.set(name(row), row);
        return Promise.resolve();
      },
      remove(keys) {
        for (const key of keys) scores.delete(name(key));
        return Promise.resolve();
      },
    },
    shown: {
      putBooks(rows) {
        for (const row of rows) if (row.version > (books.get(row.id)?.version ?? -1)) books.set(row.id, row);
        return Promise.resolve();
      },
      putQueries(rows) {
        for (const row of rows) {
          const there = queries.get(row.key);
          if (there === undefined || supersedes(row, there)) queries.set(row.key, row);
        }
        return Promise.resolve();
      },
    },
  };

  return {
    uow: { run: (work) => database.transaction(() => work(stores)) },
    view: {
      candidates: (subject, window, skip, limit) => {
        const rows = scores.stored.values().filter((row) => row.subject === subject);
        rows.sort((a, b) => b.score[window] - a.score[window] || byText(a.key, b.key));
        return Promise.resolve(rows.slice(skip, skip + limit).map((row) => row.key));
      },
      buckets: (subject, keys) =>
        Promise.resolve(
          new Map(
            keys.map((key) => [key, mergeBuckets(buckets.stored.values().filter((row) => of(row, subject, key)))]),
          ),
        ),
      tally: (subject, keys, from, to) =>
        Promise.resolve(
          new Map(keys.map((key) => {
            const own = votes.stored.values().filter((vote) =>
              of(vote, subject, key) && vote.time > from && vote.time <= to
            );
            const searches = own.filter(({ kind }) => kind === "found" || kind === "searched").length;
            return [key, {
              count: own.length - searches,
              readers: new Set(own.map((vote) => vote.reader)).size,
              searches,
            }];
          })),
        ),
      shown: (bookIds, keys) =>
        Promise.resolve({
          books: new Map(bookIds.flatMap((id) => books.stored.get(id) ?? []).map((row) => [row.id, row])),
          queries: new Map(keys.flatMap((key) => queries.stored.get(key) ?? []).map((row) => [row.key, row])),
        }),
    },
    floor: {
      reached: (subject, keys, least) =>
        Promise.resolve(
          new Set(keys.filter((key) =>
            new Set(
              votes.stored.values().filter((vote) => of(vote, subject, key)).map((vote) => vote.reader),
            ).size >= least
          )),
        ),
    },
    history: {
      keys: (after, limit) =>
        Promise.resolve(
          pageOf<SubjectKey>(
            scores.stored.values().map(({ subject, key }) => ({ subject, key })),
            ({ subject, key }) => [subject, key],
            after,
            limit,
          ),
        ),
      votes: ({ subject, key }, before, after, limit) =>
        Promise.resolve(
          pageOf(
            votes.stored.values().filter((vote) => of(vote, subject, key) && vote.time < before).map(withoutNoted),
            (vote) => [hourOf(vote.time), vote.reader, vote.kind],
            after,
            limit,
          ),
        ),
      buckets: ({ subject, key }, before) =>
        Promise.resolve(
          pageOf(
            buckets.stored.values().filter((row) => of(row, subject, key) && row.start < before),
            ({ start, kind }) => [start, kind],
            undefined,
            Infinity,
          ),
        ),
    },
    shownHistory: {
      books: (after, limit) => Promise.resolve(pageOf(books.stored.values(), ({ id }) => [id], after, limit)),
      queries: (before, after, limit) =>
        Promise.resolve(
          pageOf(queries.stored.values().filter(({ time }) => time < before), ({ key }) => [key], after, limit),
        ),
    },
  };
}

const withoutNoted = ({ noted: _noted, ...vote }: Vote & { noted: number }): Vote => vote;

const supersedes = (a: TrendQuery, b: TrendQuery): boolean =>
  (a.time - b.time || byText(b.query, a.query) || byText(JSON.stringify(b.books), JSON.stringify(a.books))) > 0;
