import { scoreOf } from "@/domain/trend/decay.ts";
import type { Vote } from "@/domain/trend/vote.ts";
import { bucketOf, WINDOWS } from "@/domain/trend/window.ts";
import { POOL } from "@/application/trend/lists/candidates.ts";
import type { KeyedBucket, KeyedScore } from "@/application/trend/ports.ts";
import type { Evidence, TrendState } from "../evidence.ts";
import { newestOf, shownOf } from "../model/books.ts";
import { daysOf, voteName, votesOf } from "../model/votes.ts";
import { differences, type Violation, violation } from "../violation.ts";

type Known = { had: Pick<Evidence["had"], "trend">; state: { trend: TrendState } };

/**
 * Promise 1, I3: votes, counts, scores and what lists say equal what the distinct events come to, to the unit; so each counted
 * exactly once. I1: books are shown by the newest version that any event tells.
 */
export function checkTrends({ had: { trend: events }, state: { trend } }: Known): Violation[] {
  const asDone = votesOf(events);
  // Of a reader's day the weight is known, and not how much of it each act had left when it came.
  const granted = new Map(trend.votes.map((vote) => [voteName(vote), vote.weight]));
  const votes = asDone.map((vote) => ({ ...vote, weight: granted.get(voteName(vote)) ?? vote.weight }));
  const rows = (all: Vote[]) => new Map(all.map((vote) => [voteName(vote), String(vote.time)]));
  const books = newestOf(events);
  const isListed = ({ subject, key }: Vote) => subject === "query" || books.get(key)?.removed === false;
  const listed = Map.groupBy(votes.filter(isListed), ({ subject }) => subject);
  return [
    ...differences(
      "I3",
      "vote",
      new Map([...rows(votes), ...daysOf(asDone, true)]),
      new Map([...rows(trend.votes), ...daysOf(trend.votes, false)]),
    ),
    ...differences("I3", "bucket", countsOf(votes), sumsOf(trend.buckets)),
    ...checkScores(votes, trend.scores),
    ...differences("I1", "shown_book", shownOf(events), trend.shown),
    ...(["book", "query"] as const).flatMap((subject) => {
      const found = trend.listed[subject];
      const wanted = talliesOf(listed.get(subject) ?? []);
      if (found === undefined) return [];
      // What is not in a full list says nothing.
      const expected = found.size < POOL ? wanted : new Map([...wanted].filter(([key]) => found.has(key)));
      return differences("I3", `what lists say of each ${subject}`, expected, found);
    }),
  ];
}

const bucketName = ({ subject, key, start, kind }: Omit<KeyedBucket, "count" | "weight">): string =>
  `${subject} ${key} ${kind} ${start}`;
const sumsOf = (buckets: KeyedBucket[]): Map<string, string> =>
  new Map(buckets.map((row) => [bucketName(row), `${row.count} votes of ${row.weight}`]));

function countsOf(votes: Vote[]): Map<string, string> {
  const groups = Map.groupBy(votes, (vote) => bucketName({ ...vote, start: bucketOf(vote.time) }));
  const weightOf = (own: Vote[]) => own.reduce((sum, { weight }) => sum + weight, 0);
  return new Map([...groups].map(([name, own]) => [name, `${own.length} votes of ${weightOf(own)}`]));
}

/** Scores are sums of logarithms in the order of arrival, so that their last bits differ. */
function checkScores(votes: Vote[], scores: KeyedScore[]): Violation[] {
  const groups = Map.groupBy(votes, ({ subject, key }) => `${subject} ${key}`);
  const stored = new Map(scores.map((row) => [`${row.subject} ${row.key}`, row.score]));
  const wrong = [...groups].flatMap(([name, own]) => {
    const wanted = scoreOf(own.map(({ time, weight }) => ({ start: bucketOf(time), count: 1, weight })))!;
    const found = stored.get(name);
    const near = found !== undefined && WINDOWS.every((window) => Math.abs(found[window] - wanted[window]) < 1e-6);
    return near ? [] : [`${name}: wanted ${JSON.stringify(wanted)}, found ${JSON.stringify(found)}`];
  });
  const beside = [...stored.keys()].filter((name) => !groups.has(name)).map((name) => `${name}: of no vote`);
  return violation("I3", "score: not what the votes come to", [...wrong, ...beside]);
}

/** What a list says of a key. */
export const tallyText = ({ count, readers, searches }: { count: number; readers: number; searches: number }): string =>
  `${count} acts of ${readers} readers, ${searches} searches`;

/** What lists say of each key whose votes they all count. */
function talliesOf(votes: Vote[]): Map<string, string> {
  const groups = Map.groupBy(votes, ({ key }) => key);
  return new Map([...groups].map(([key, own]) => {
    const searches = own.filter(({ kind }) => kind === "found" || kind === "searched").length;
    const readers = new Set(own.map(({ reader }) => reader)).size;
    return [key, tallyText({ count: own.length - searches, readers, searches })];
  }));
}
