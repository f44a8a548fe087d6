import { createMemoryTrendStore } from "@/adapters/memory/trend/trend_store.ts";
import type { Subject } from "@/domain/trend/vote.ts";
import { activityOrder } from "@/application/activity/messages.ts";
import { createProjectionSink } from "@/application/messaging/consuming/projection_sink.ts";
import type { Incoming } from "@/application/messaging/wire/event_log.ts";
import type { TrendVersion } from "@/application/trend/ports.ts";
import { trendEvents } from "@/application/trend/messages.ts";
import { projectTrends } from "@/application/trend/counting/project_trends.ts";
import type { Evidence, TrendState } from "@/tests/oracle/evidence.ts";
import { at, envelopeOf, placeOf } from "@/tests/oracle/messages.ts";
import { shownText } from "@/tests/oracle/model/books.ts";
import { tallyText } from "@/tests/oracle/promises/trends.ts";
import { asked } from "./quiet.ts";
import type { World } from "@/tests/faults/simulated/world/world.ts";

const MOST = 10_000;

/** Everything that a version has stored, in the order of its keys. */
export async function dumpTrends({ history, shownHistory }: TrendVersion) {
  const keys = await history.keys(undefined, MOST);
  return {
    votes: (await Promise.all(keys.map((key) => history.votes(key, Infinity, undefined, MOST)))).flat(),
    buckets: (await Promise.all(keys.map((key) => history.buckets(key, Infinity)))).flat(),
    books: await shownHistory.books(undefined, MOST),
    removals: await shownHistory.removals(undefined, MOST),
    queries: await shownHistory.queries(Infinity, undefined, MOST),
  };
}

/** What the version that readers see has stored, and what its lists say. */
export async function trendStateOf(world: World, version: TrendVersion): Promise<TrendState> {
  const { votes, buckets, books } = await dumpTrends(version);
  const keys = await version.history.keys(undefined, MOST);
  const removed = new Set(books.filter((book) => book.removed).map(({ id }) => id));
  const known = new Set(books.map(({ id }) => id));
  const listed = async (subject: Subject) => {
    const all = keys.filter((one) => one.subject === subject).map(({ key }) => key);
    const shown = all.filter((key) => subject === "query" || known.has(key) && !removed.has(key));
    const tally = await version.view.tally(subject, shown, -Infinity, Infinity);
    return new Map([...tally].map(([key, counts]) => [key, tallyText(counts)]));
  };
  return {
    votes,
    buckets,
    scores: await asked(world, version.uow.run(({ scores }) => scores.lock(keys))),
    shown: new Map(books.map((book) => [book.id, shownText(book)])),
    listed: { book: await listed("book"), query: await listed("query") },
  };
}

const UNGUARDED = { failed: [], before: () => Promise.resolve(), after: () => Promise.resolve() };

/** A dump of the version that readers see, and of a new one that took the same messages. */
export async function rebuiltTrends(
  { bugs }: World,
  messages: Incoming[],
  live: TrendVersion,
): Promise<NonNullable<Evidence["rebuilt"]>[number]> {
  // One partition after the other, as no live consumer read them. Once dead letters of views and searches were replayed, which keep
  // no order, the first of an hour is the first that arrived: then the order of arrival is kept.
  const inOrder = bugs.fixed ? messages : [...Map.groupBy(messages, placeOf).values()].flat();
  return {
    name: "trend",
    live: JSON.stringify(await dumpTrends(live)),
    rebuilt: JSON.stringify(await dumpTrends(await rebuild(inOrder))),
  };
}

/** A new store fed with the messages. */
async function rebuild(messages: Incoming[]): Promise<TrendVersion> {
  const store = createMemoryTrendStore().at(1);
  const sink = createProjectionSink({
    events: trendEvents,
    order: activityOrder,
    uow: store.uow,
    apply: projectTrends,
  });
  const received = messages.map((message) => {
    const envelope = envelopeOf(message);
    if (envelope === undefined) throw new Error(`${at(message)} had an effect, but nobody can read it`);
    const { id, type, time, data } = envelope;
    const one = { id, source: "", type, data };
    const found = sink.classify(one);
    if (found.kind !== "handle") throw new Error(`${type} had an effect, but a rebuild does not take it`);
    const happened = time === undefined ? message.timestamp : Date.parse(time);
    return { envelope: one, message, time: happened, data: found.data };
  });
  for (let start = 0; start < received.length; start += 7) {
    await sink.handle({ ...UNGUARDED, received: received.slice(start, start + 7) });
  }
  return store;
}
