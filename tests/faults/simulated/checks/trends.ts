import { createMemoryTrendStore } from "@/adapters/memory/trend_store.ts";
import { ACTIVITY, activityOrder } from "@/application/activity/messages.ts";
import { CATALOG } from "@/application/catalog/messages.ts";
import type { Incoming } from "@/application/messaging/wire/event_log.ts";
import { createProjectionSink } from "@/application/messaging/consuming/projection_sink.ts";
import type { TrendVersion } from "@/application/stores.ts";
import { trendEvents } from "@/application/trend/messages.ts";
import { projectTrends } from "@/application/trend/projection.ts";
import { placeOf } from "../history.ts";
import type { World } from "../world.ts";
import { BOOKS } from "../workload.ts";
import type { Facts, Violation } from "./facts.ts";
import { lasting, takenBy, type Told, toldBy } from "./model.ts";

/** I3 and I10 at the trends: whole numbers as the events say them, and as a rebuild makes them. */
export async function checkTrends(facts: Facts): Promise<Violation[]> {
  const messages = takenBy("trend", facts);
  const events = lasting(messages.map(toldBy));
  const queries = queriesOf(messages.map(toldBy));
  const store = facts.world.servers.trend.store.at(facts.live.trend);
  const live = await dump(store, queries);
  const found: Violation[] = [];
  const wanted = JSON.stringify(modelOf(events, queries));
  if (JSON.stringify(live.counts) !== wanted) {
    found.push({
      invariant: "I3",
      detail: `the trends count ${JSON.stringify(live.counts)}, the events say ${wanted}`,
    });
  }
  const rebuilt = await dump(await rebuild(inAnotherOrder(facts.world, messages)), queries);
  if (JSON.stringify(rebuilt) !== JSON.stringify(live)) {
    found.push({ invariant: "I10", detail: `rebuilt ${JSON.stringify(rebuilt)}, live ${JSON.stringify(live)}` });
  }
  found.push(...await checkTitles(messages.map(toldBy), store));
  return found;
}

export const queriesOf = (events: Told[]): string[] =>
  [...new Set(events.flatMap(({ data }) => (typeof data.normal === "string" ? [data.normal] : [])))].sort();

/** What the store says about every book and query, through the views that lists are made from. */
export async function dump({ view }: TrendVersion, queries: string[]) {
  const of = async (subject: "book" | "query", keys: string[]) => {
    const tally = await view.tally(subject, keys, -Infinity, Infinity);
    const buckets = await view.buckets(subject, keys);
    return keys.map((key) => ({
      ...{ key, ...tally.get(key)! },
      weight: buckets.get(key)!.reduce((sum, bucket) => sum + bucket.weight, 0),
      votes: buckets.get(key)!.reduce((sum, bucket) => sum + bucket.count, 0),
    }));
  };
  const counts = [...await of("book", BOOKS), ...await of("query", queries)];
  const shown = await view.shown(BOOKS, queries);
  const buckets = [await view.buckets("book", BOOKS), await view.buckets("query", queries)].map((all) =>
    [...all].map(([key, own]) => [key, own.sort((a, b) => a.start - b.start)])
  );
  return {
    counts,
    buckets,
    books: BOOKS.map((id) => shown.books.get(id)),
    queries: queries.map((key) => shown.queries.get(key)),
  };
}

/** The counts by a model of its own: one vote for a reader, kind, subject and hour, the first of them. */
function modelOf(events: Told[], queries: string[]) {
  const votes = new Map<string, { subject: string; key: string; kind: string; reader: string; weight: number }>();
  const add = (subject: string, key: string, kind: string, weight: number, { id, time, data }: Told) => {
    const reader = data.reader ?? id;
    const name = [subject, key, kind, reader, Math.floor(time / 3_600_000)].join(" ");
    if (!votes.has(name)) votes.set(name, { subject, key, kind, reader, weight });
  };
  for (const event of events) {
    const { type, data } = event;
    const book = String(data.book);
    if (type === ACTIVITY.bookViewed) add("book", book, "viewed", 10, event);
    if (type === ACTIVITY.bookShelved) {
      add("book", book, String(data.shelf), { want: 20, reading: 30, read: 40 }[String(data.shelf)]!, event);
    }
    if (type === ACTIVITY.bookRated) add("book", book, "rated", 10 * Number(data.rating), event);
    if (type === ACTIVITY.bookSearched) {
      const books = data.books as string[];
      if (books.length > 0) add("query", String(data.normal), "searched", 10, event);
      books.slice(0, 5).forEach((found, place) => add("book", found, "found", 5 - place, event));
    }
  }
  const of = (subject: string, key: string) => {
    const own = [...votes.values()].filter((vote) => vote.subject === subject && vote.key === key);
    const searches = own.filter(({ kind }) => kind === "found" || kind === "searched").length;
    return {
      key,
      count: own.length - searches,
      readers: new Set(own.map(({ reader }) => reader)).size,
      searches,
      weight: own.reduce((sum, { weight }) => sum + weight, 0),
      votes: own.length,
    };
  };
  return [...BOOKS.map((key) => of("book", key)), ...queries.map((key) => of("query", key))];
}

const UNGUARDED = { failed: [], before: () => Promise.resolve(), after: () => Promise.resolve() };

/**
 * One partition after the other, as no live consumer read them. Once letters of views and searches were replayed, which keep no
 * order, the first of an hour is the first that arrived: then the order of arrival is kept.
 */
function inAnotherOrder({ bugs }: World, messages: Incoming[]): Incoming[] {
  if (bugs.fixed) return messages;
  return [...Map.groupBy(messages, placeOf).values()].flat();
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
    const { id, type, time, data } = toldBy(message);
    const envelope = { id, source: "", type, data };
    const found = sink.classify(envelope);
    if (found.kind !== "handle") throw new Error(`${type} had an effect, but a rebuild does not take it`);
    return { envelope, message, time, data: found.data };
  });
  for (let at = 0; at < received.length; at += 7) {
    await sink.handle({ ...UNGUARDED, received: received.slice(at, at + 7) });
  }
  return store;
}

/** A book is shown as its event of the highest version says. */
async function checkTitles(events: Told[], { view }: TrendVersion): Promise<Violation[]> {
  const found: Violation[] = [];
  const last = new Map<string, Told>();
  for (const event of events) {
    const version = Number(event.data.version);
    const id = String(event.data.id);
    const known = [CATALOG.bookAdded, CATALOG.bookChanged, CATALOG.bookRemoved] as string[];
    if (known.includes(event.type) && version > Number(last.get(id)?.data.version ?? 0)) last.set(id, event);
  }
  const { books } = await view.shown(BOOKS, []);
  for (const id of BOOKS) {
    const wanted = last.get(id);
    const title = wanted?.type === CATALOG.bookRemoved ? "" : wanted?.data.title;
    if (books.get(id)?.title !== title) {
      found.push({ invariant: "I3", detail: `${id} is shown as ${books.get(id)?.title}, its events say ${title}` });
    }
  }
  return found;
}
