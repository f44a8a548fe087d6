import { scoreOf } from "@/domain/trend/decay.ts";
import { bookVote, ratingVote, searchVotes, type Vote, voteKey } from "@/domain/trend/vote.ts";
import { bucketOf, WINDOWS } from "@/domain/trend/window.ts";
import { ACTIVITY } from "@/application/activity/messages.ts";
import { CATALOG } from "@/application/catalog/messages.ts";
import type { KeyedBucket, KeyedScore } from "@/application/trend/ports.ts";
import type { Event } from "./events.ts";
import { differences, type Violation, violation } from "./violation.ts";
import { booksOf } from "./web.ts";

/** What the trend service's store holds, and what its API answers: per book its count, readers and searches. */
export type TrendState = {
  votes: Vote[];
  buckets: KeyedBucket[];
  scores: KeyedScore[];
  shown: Map<string, string>;
  api: Map<string, string>;
};

/** Votes, counts, scores and the API's answer equal what the distinct events of the log come to, to the unit. */
export function checkTrend(events: Event[], state: TrendState): Violation[] {
  const votes = votesOf(events);
  const says = ({ time, weight }: Vote) => `${time} ${weight}`;
  const rows = (all: Vote[]) => new Map(all.map((vote) => [voteKey(vote), says(vote)]));
  const buckets = countsOf(votes);
  return [
    ...differences("I3", "vote", rows(votes), rows(state.votes)),
    ...differences("I3", "bucket", buckets, sums(state.buckets)),
    ...checkScores(votes, state.scores),
    ...differences("I1", "shown_book", shownOf(events), state.shown),
    ...differences("I3", "GET /v1/trends/books", tallyOf(votes, booksOf(events)), state.api),
  ];
}

/** The votes that the events come to: a reader's first of a kind, on a key, in an hour; none of erased readers. */
function votesOf(events: Event[]): Vote[] {
  const votes = new Map<string, Vote>();
  for (const { envelope: { type, id, data }, time } of events) {
    if (type === ACTIVITY.readerErased) {
      for (const [key, vote] of votes) if (vote.reader === data.reader) votes.delete(key);
    }
    for (const vote of votesOfOne(type, { reader: String(data.reader ?? id), time }, data)) {
      if (!votes.has(voteKey(vote))) votes.set(voteKey(vote), vote);
    }
  }
  return [...votes.values()];
}

/** The votes of one event. `reader`: of whom they are. */
export function votesOfOne(type: string, by: { reader: string; time: number }, data: Record<string, unknown>): Vote[] {
  const book = String(data.book);
  switch (type) {
    case ACTIVITY.bookViewed:
      return [bookVote(book, "viewed", by)];
    case ACTIVITY.bookShelved:
      return [bookVote(book, data.shelf as "want" | "reading" | "read", by)];
    case ACTIVITY.bookRated:
      return [ratingVote(book, Number(data.rating), by)];
    case ACTIVITY.bookSearched:
      return searchVotes(String(data.normal), data.books as string[], by);
    default:
      return [];
  }
}

const nameOf = ({ subject, key, start, kind }: Omit<KeyedBucket, "count" | "weight">) =>
  `${subject} ${key} ${kind} ${start}`;
const sums = (buckets: KeyedBucket[]) =>
  new Map(buckets.map((row) => [nameOf(row), `${row.count} votes of ${row.weight}`]));

function countsOf(votes: Vote[]): Map<string, string> {
  const groups = Map.groupBy(votes, (vote) => nameOf({ ...vote, start: bucketOf(vote.time) }));
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
  return violation("I3", "score: not what the votes come to", [
    ...wrong,
    ...[...stored.keys()].filter((name) => !groups.has(name)).map((name) => `${name}: of no vote`),
  ]);
}

/** Books with the newest version that any event tells, in whatever order they come. */
export function shownOf(events: Event[]): Map<string, string> {
  const newest = new Map<string, { version: number; says: string }>();
  for (const { envelope: { type, data } } of events) {
    const removed = type === CATALOG.bookRemoved;
    if (!removed && type !== CATALOG.bookAdded && type !== CATALOG.bookChanged) continue;
    const [id, version] = [String(data.id), Number(data.version)];
    if (version > (newest.get(id)?.version ?? 0)) {
      newest.set(id, { version, says: `version ${version}${removed ? " removed" : ""}` });
    }
  }
  return new Map([...newest].map(([id, { says }]) => [id, says]));
}

/** What the list of trending books says of each: all votes of these runs are younger than a day. */
function tallyOf(votes: Vote[], books: Map<string, string>): Map<string, string> {
  const groups = Map.groupBy(
    votes.filter(({ subject, key }) => subject === "book" && books.has(key)),
    ({ key }) => key,
  );
  return new Map([...groups].map(([book, own]) => {
    const found = own.filter(({ kind }) => kind === "found").length;
    const readers = new Set(own.map(({ reader }) => reader)).size;
    return [book, `${own.length - found} acts of ${readers} readers, ${found} searches`];
  }));
}
