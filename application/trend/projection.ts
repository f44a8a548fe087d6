import { bookVote, ratingVote, searchVotes, type Vote } from "@/domain/trend/vote.ts";
import { bucketOf } from "@/domain/trend/window.ts";
import { raise, scoreOf } from "@/domain/trend/decay.ts";
import { ACTIVITY, ACTIVITY_TOPICS } from "@/application/activity/messages.ts";
import { CATALOG } from "@/application/catalog/messages.ts";
import type { ProjectionStores } from "@/application/messaging/rebuild/ports.ts";
import { keyName } from "@/application/messaging/wire/key_name.ts";
import type { EventsOf } from "@/application/messaging/consuming/projection_sink.ts";
import type { trendEvents } from "./messages.ts";
import type {
  Counts,
  ErasedMarks,
  KeyedBucket,
  KeyedScore,
  Scores,
  Shown,
  SubjectKey,
  TrendBook,
  TrendQuery,
  Votes,
} from "./ports.ts";

/** Names the consumer. */
export const TREND = "trend";

export type TrendEvent = EventsOf<typeof trendEvents>;
export type TrendStores = ProjectionStores & {
  votes: Votes;
  counts: Counts;
  scores: Scores;
  shown: Shown;
  erased: ErasedMarks;
};

/** Folds a chunk of events into votes, counts and scores. A vote's own key is the guard against counting it twice. */
export async function projectTrends(events: TrendEvent[], stores: TrendStores): Promise<void> {
  // A reader's acts before an erasure in this chunk are folded before it, so that taking them away finds them all.
  let from = 0;
  for (let at = 0; at < events.length; at++) {
    const event = events[at]!;
    if (event.type !== ACTIVITY.readerErased) continue;
    await countActs(events.slice(from, at), stores);
    await eraseReader(event.data.reader, event.time, stores);
    from = at + 1;
  }
  await countActs(events.slice(from), stores);
  // What many share comes last, so that it is held for a short time only.
  await stores.shown.putBooks(events.flatMap(bookOf));
  // Words are of nobody, so that whoever is erased later leaves the same ones behind as who was erased before.
  await stores.shown.putQueries(events.flatMap(queryOf));
}

async function countActs(events: TrendEvent[], stores: TrendStores): Promise<void> {
  const readers = events.flatMap((event) =>
    "reader" in event.data && event.data.reader !== undefined ? [event.data.reader] : []
  );
  const erased = readers.length === 0 ? new Set<string>() : await stores.erased.has([...new Set(readers)]);
  const acts = events.filter((event) => !("reader" in event.data && erased.has(event.data.reader ?? "")));
  await countVotes(acts.flatMap(votesOf), stores);
}

/** Keeps votes and counts those that were not there. */
export async function countVotes(votes: Vote[], stores: TrendStores): Promise<void> {
  const added = await stores.votes.addNew(votes);
  await count(bucketsOf(added, 1), added.map((vote) => ({ ...vote, start: bucketOf(vote.time) })), stores);
}

/** Adds counts that have no votes. */
export const addBuckets = (buckets: KeyedBucket[], stores: TrendStores): Promise<void> =>
  count(buckets, buckets.filter(({ weight }) => weight > 0), stores);

/** Adds to the counts, then to the scores, each key once. */
async function count(
  buckets: KeyedBucket[],
  weights: (SubjectKey & { weight: number; start: number })[],
  { counts, scores }: TrendStores,
): Promise<void> {
  if (buckets.length === 0) return;
  await counts.add(buckets);
  const added = new Map<string, KeyedScore>();
  for (const { subject, key, weight, start } of weights) {
    const before = added.get(nameOf({ subject, key }));
    added.set(nameOf({ subject, key }), { subject, key, score: raise(before?.score, weight, start) });
  }
  await scores.add([...added.values()]);
}

/** Takes a reader's votes out of the counts; the scores of the keys are made anew from what is left. */
async function eraseReader(reader: string, time: number, stores: TrendStores): Promise<void> {
  await stores.erased.add(reader, time);
  await stores.deadLetters.forget([ACTIVITY_TOPICS.events], keyName(reader));
  const votes = await stores.votes.removeReader(reader);
  await stores.counts.add(bucketsOf(votes, -1));
  // Whoever adds to these keys meanwhile has added to a score already, and is waited for, or adds to what is put here.
  const keys = keysOf(votes);
  await stores.scores.lock(keys);
  const left: KeyedScore[] = [];
  const gone: SubjectKey[] = [];
  for (const { subject, key } of keys) {
    const score = scoreOf(await stores.counts.of(subject, key));
    if (score === undefined) gone.push({ subject, key });
    else left.push({ subject, key, score });
  }
  await stores.scores.put(left);
  await stores.scores.remove(gone);
}

const nameOf = ({ subject, key }: SubjectKey): string => `${subject} ${key}`;

function keysOf(votes: SubjectKey[]): SubjectKey[] {
  return [...new Map(votes.map(({ subject, key }) => [nameOf({ subject, key }), { subject, key }])).values()];
}

/** What votes add to the counts, or take from them. */
export function bucketsOf(votes: Vote[], sign: 1 | -1): KeyedBucket[] {
  const buckets = new Map<string, KeyedBucket>();
  for (const { subject, key, kind, time, weight } of votes) {
    const start = bucketOf(time);
    const name = `${kind} ${start} ${nameOf({ subject, key })}`;
    const sum = buckets.get(name) ?? { subject, key, kind, start, count: 0, weight: 0 };
    buckets.set(name, { ...sum, count: sum.count + sign, weight: sum.weight + sign * weight });
  }
  return [...buckets.values()];
}

function votesOf({ type, id, time, data }: TrendEvent): Vote[] {
  switch (type) {
    case ACTIVITY.bookViewed:
      return [bookVote(data.book, "viewed", { reader: data.reader ?? id, time })];
    case ACTIVITY.bookShelved:
      return [bookVote(data.book, data.shelf, { reader: data.reader, time })];
    case ACTIVITY.bookRated:
      // Another system's stars may be none at all, which weigh nothing.
      return data.rating < 1 ? [] : [ratingVote(data.book, data.rating, { reader: data.reader, time })];
    case ACTIVITY.bookSearched:
      return searchVotes(data.normal, data.books, { reader: data.reader ?? id, time });
    default:
      return [];
  }
}

function bookOf({ type, data }: TrendEvent): TrendBook[] {
  switch (type) {
    case CATALOG.bookAdded:
    case CATALOG.bookChanged:
      return [{ id: data.id, title: data.title, authors: data.authors, version: data.version, removed: false }];
    case CATALOG.bookRemoved:
      return [{ id: data.id, title: "", authors: [], version: data.version, removed: true }];
    default:
      return [];
  }
}

function queryOf({ type, time, data }: TrendEvent): TrendQuery[] {
  if (type !== ACTIVITY.bookSearched || data.books.length === 0) return [];
  return [{ key: data.normal, query: data.query, books: data.books, time }];
}
