import { hourOf } from "@/domain/hours.ts";
import { mergeBuckets } from "@/domain/trend/decay.ts";
import type { Spelling } from "@/domain/trend/spelling.ts";
import type { Vote } from "@/domain/trend/vote.ts";
import { SPELLING_VOTES, type SubjectKey, type TrendReader, type TrendVersion } from "@/application/trend/ports.ts";
import { defined } from "@/application/defined.ts";
import { byText } from "@/adapters/memory/messaging/database.ts";
import { pageOf } from "@/adapters/memory/messaging/keyset.ts";
import { memoryTrendPast } from "./trend_past.ts";
import { isOf, type TrendTables, withoutNoted } from "./trend_stores.ts";

/** What lists are read from, outside any transaction. */
export function memoryTrendReaders(
  { votes, buckets, scores, books, removals, queries }: TrendTables,
): Pick<TrendVersion, "view" | "floor"> {
  const votesOf = (subject: string, key: string) => votes.stored.values().filter((vote) => isOf(vote, subject, key));
  const view: TrendReader = {
    ...memoryTrendPast({ votes, buckets }),
    candidates(subject, window, skip, limit) {
      const rows = scores.stored.values().filter((row) => row.subject === subject);
      rows.sort((a, b) => b.score[window] - a.score[window] || byText(a.key, b.key));
      return Promise.resolve(rows.slice(skip, skip + limit).map((row) => row.key));
    },
    buckets(subject, keys, from = -Infinity) {
      const own = (key: string) =>
        buckets.stored.values().filter((row) => isOf(row, subject, key) && row.start >= from);
      return Promise.resolve(new Map(keys.map((key) => [key, mergeBuckets(own(key))])));
    },
    tally(subject, keys, from, to) {
      const between = (vote: Vote) => vote.time > from && vote.time <= to;
      return Promise.resolve(new Map(keys.map((key) => [key, tallyOf(votesOf(subject, key).filter(between))])));
    },
    sums: (spans) =>
      Promise.resolve(
        new Map(spans.map(({ key, from, to }) => {
          const own = votesOf("book", key).filter(({ time }) => time >= from && time < to);
          return [key, { count: own.length, weight: own.reduce((sum, { weight }) => sum + weight, 0) }];
        })),
      ),
    spellings: (keys) => Promise.resolve(new Map(keys.map((key) => [key, spellingsOf(votesOf("query", key))]))),
    shown: (bookIds, keys) =>
      Promise.resolve({
        books: new Map(
          bookIds.flatMap((id) => books.stored.get(id) ?? []).map((row) => [
            row.id,
            { ...row, ...defined({ since: removals.stored.get(row.id)?.time }) },
          ]),
        ),
        queries: new Map(keys.flatMap((key) => queries.stored.get(key) ?? []).map((row) => [row.key, row])),
      }),
  };
  return {
    view,
    floor: {
      reached: (subject, keys, least, { from = -Infinity, to = Infinity } = {}) =>
        Promise.resolve(
          new Set(keys.filter((key) => {
            const votes = votesOf(subject, key).filter(({ time }) => time >= from && time <= to);
            return Math.min(readersOf(votes), clientsOf(votes)) >= least;
          })),
        ),
    },
  };
}

const readersOf = (votes: Vote[]): number => new Set(votes.map((vote) => vote.reader)).size;
/** A vote without a client counts as one client per reader. */
const clientsOf = (votes: Vote[]): number => new Set(votes.map(({ client, reader }) => client ?? reader)).size;

function spellingsOf(votes: Vote[]): Spelling[] {
  const newest = votes.sort((a, b) =>
    hourOf(b.time) - hourOf(a.time) || byText(b.reader, a.reader) || byText(b.kind, a.kind)
  ).slice(0, SPELLING_VOTES);
  const groups = Map.groupBy(newest, ({ spelling }) => spelling);
  return [...groups].flatMap(([spelling, own]) =>
    spelling === undefined ? [] : [{ spelling, readers: readersOf(own), clients: clientsOf(own) }]
  );
}

function tallyOf(votes: Vote[]): { count: number; readers: number; searches: number } {
  const searches = votes.filter(({ kind }) => kind === "found" || kind === "searched").length;
  return { count: votes.length - searches, readers: readersOf(votes), searches };
}

/** What one projection version holds, outside any transaction. */
export const memoryTrendHistory = (
  { votes, buckets, scores, books, removals, queries }: TrendTables,
): Pick<TrendVersion, "history" | "shownHistory"> => ({
  history: {
    keys(after, limit) {
      const keys = scores.stored.values().map(({ subject, key }): SubjectKey => ({ subject, key }));
      return Promise.resolve(pageOf(keys, ({ subject, key }) => [subject, key], after, limit));
    },
    votes({ subject, key }, before, after, limit) {
      const own = votes.stored.values().filter((vote) => isOf(vote, subject, key) && vote.time < before);
      const keyOf = (vote: Vote) => [hourOf(vote.time), vote.reader, vote.kind];
      return Promise.resolve(pageOf(own.map(withoutNoted), keyOf, after, limit));
    },
    buckets({ subject, key }, before) {
      const own = buckets.stored.values().filter((row) => isOf(row, subject, key) && row.start < before);
      return Promise.resolve(pageOf(own, ({ start, kind }) => [start, kind]));
    },
  },
  shownHistory: {
    books: (after, limit) => Promise.resolve(pageOf(books.stored.values(), ({ id }) => [id], after, limit)),
    removals: (after, limit) => Promise.resolve(pageOf(removals.stored.values(), ({ id }) => [id], after, limit)),
    queries(before, after, limit) {
      const older = queries.stored.values().filter(({ time }) => time < before);
      return Promise.resolve(pageOf(older, ({ key }) => [key], after, limit));
    },
    queryCount: (most) => Promise.resolve(Math.min(most, queries.stored.values().length)),
  },
});
