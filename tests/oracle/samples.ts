import { ARRIVALS } from "@/domain/recommendation/arrivals.ts";
import { LATELY } from "@/domain/recommendation/neighbours.ts";
import type { Vote } from "@/domain/trend/vote.ts";
import { ACTIVITY } from "@/application/activity/messages.ts";
import { CATALOG } from "@/application/catalog/messages.ts";
import { encode } from "@/application/messaging/wire/codec.ts";
import type { Incoming } from "@/application/messaging/wire/event_log.ts";
import { TOPICS } from "@/application/published/topics.ts";
import { T0 } from "@/tests/support/samples.ts";
import type { Act, Call } from "./calls.ts";
import { eventsOf } from "./events.ts";
import type { Evidence, TrendState } from "./evidence.ts";
import { brokenPromises } from "./oracle.ts";
import type { Transaction } from "./transactions.ts";
import type { Violation } from "./violation.ts";

const time = new Date(T0).toISOString();
const HOUR_MS = 3_600_000;

type Told = { id: string; type: string; key: string; data: unknown; cause?: string };

/** A message as the log holds it. */
export function logged(topic: string, position: number, { id, type, key, data, cause }: Told): Incoming {
  const envelope = { id, source: "/bookstream/test", type, time, data };
  const caused = cause === undefined ? envelope : { ...envelope, causationid: cause };
  const place = { partition: 0, position: String(position), next: String(position + 1), timestamp: T0 };
  return { topic, ...place, ...encode(caused, key) };
}
export const viewed = (position: number, id: string, reader: string, book = "b1") =>
  logged(TOPICS.activityEvents, position, { id, type: ACTIVITY.bookViewed, key: reader, data: { reader, book } });
export const shelved = (position: number, id: string, reader: string) =>
  logged(TOPICS.activityEvents, position, {
    id,
    type: ACTIVITY.bookShelved,
    key: reader,
    data: { reader, book: "b1", shelf: "want" },
  });
export const erased = (position: number, reader: string) =>
  logged(TOPICS.activityEvents, position, { id: "x", type: ACTIVITY.readerErased, key: reader, data: { reader } });
export const version = (position: number, number: number, cause?: string) =>
  logged(TOPICS.catalogEvents, position, {
    id: `v${number}`,
    type: number === 1 ? CATALOG.bookAdded : CATALOG.bookChanged,
    key: "b1",
    data: { id: "b1", title: `T${number}`, authors: [], subjects: [], popularity: 0, version: number },
    ...cause === undefined ? {} : { cause },
  });
export const rejected = (position: number, command: string) =>
  logged(TOPICS.activityEvents, position, {
    id: `no-${position}`,
    type: ACTIVITY.commandRejected,
    key: "r1",
    data: { command: { id: command, type: ACTIVITY.recordAct }, reason: { code: "unknown-book", detail: "" } },
    cause: command,
  });

export const view = (reader: string, book = "b1"): Act => ({ type: "viewed", reader, book, time });
export const act = (id: string, state: Call["state"], reader = "r1"): Call => ({
  id,
  way: "http",
  did: { kind: "act", act: view(reader) },
  state,
});
export const added: Call = {
  id: "add",
  way: "http",
  did: { kind: "add", book: "b1", title: "T1" },
  state: "ok",
  answered: 1,
};

export const NOTHING: Evidence = {
  calls: [],
  messages: [],
  events: [],
  foreign: new Set(),
  had: { trend: [], recommendation: [] },
  state: {
    web: { books: new Map(), readerBooks: [], outbox: 0 },
    trend: { votes: [], buckets: [], scores: [], shown: new Map(), listed: {} },
    recommendation: { interactions: [], known: new Map(), lists: [] },
  },
  deadLetters: [],
  unusable: [],
  positions: [],
  live: { web: 1, trend: 1, recommendation: 1 },
};

const vote = (reader: string): Vote => ({
  subject: "book",
  key: "b1",
  kind: "viewed",
  reader,
  time: T0,
  weight: 10,
});

/** The trends after a view of the first version of b1 by each of the readers. */
function trendOf(readers: string[]): TrendState {
  const start = Math.floor(T0 / 300_000) * 300_000;
  const scoreIn = (hours: number) => Math.log2(10 * readers.length) + start / (hours * HOUR_MS);
  const score = {
    "1h": scoreIn(1),
    "24h": scoreIn(24),
    "7d": scoreIn(168),
    "30d": scoreIn(720),
    "90d": scoreIn(2160),
  };
  const [subject, key, kind, count] = ["book", "b1", "viewed", readers.length] as const;
  return {
    votes: readers.map(vote),
    buckets: [{ subject, key, kind, start, count, weight: 10 * count }],
    scores: [{ subject, key, score }],
    shown: new Map([["b1", "version 1 T1"]]),
    listed: { book: new Map([["b1", `${count} acts of ${count} readers, 0 searches`]]) },
  };
}

/** A run that keeps every promise: a book was added, r1 and r2 viewed it, and every store says so. */
export function kept(): Evidence {
  const messages = [version(0, 1), viewed(0, "a1", "r1"), viewed(1, "a2", "r2")];
  const events = eventsOf(messages);
  const row = (reader: string) => ({ reader, book: "b1", kind: "viewed" as const, stars: 0, time: T0 });
  return {
    ...NOTHING,
    calls: [added, act("a1", "ok", "r1"), act("a2", "ok", "r2")],
    messages,
    events,
    had: { trend: events, recommendation: events },
    state: {
      web: { books: new Map([["b1", "version 1 T1"]]), readerBooks: [], outbox: 0 },
      trend: trendOf(["r1", "r2"]),
      recommendation: {
        interactions: [row("r1"), row("r2")],
        known: new Map([["b1", "version 1 T1"]]),
        lists: [
          { book: "b1", readers: 2, neighbours: [] },
          { book: LATELY, readers: 2, neighbours: [{ book: "b1", similarity: 1 }] },
          { book: ARRIVALS, readers: 2, neighbours: [] },
        ],
      },
    },
  };
}

export const textOf = (found: Violation[]) => found.map(({ invariant, what }) => `${invariant} ${what}`);
export const broken = (evidence: Evidence) => textOf(brokenPromises(evidence));

/** What is said of a history of commands, whatever the stores hold. */
export function said(calls: Call[], messages: Incoming[], more: Partial<Evidence> = {}): string[] {
  const stores =
    /^I\d+ (book|reader_book|vote|bucket|score|shown_book|interaction|known_book|neighbour_list|what lists .*): /;
  return broken({ ...NOTHING, calls, messages, events: eventsOf(messages), ...more }).filter((one) =>
    !stores.test(one)
  );
}

/** A transaction of the trend consumer in which nothing happened yet. */
export const transaction = (more: Partial<Transaction>): Transaction => ({
  store: "trend",
  by: "trend-1",
  version: 1,
  claims: [],
  moves: [],
  taken: [],
  said: [],
  forgotten: [],
  ...more,
});
