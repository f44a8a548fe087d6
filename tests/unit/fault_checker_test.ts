import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { ACTIVITY } from "@/application/activity/messages.ts";
import { CATALOG } from "@/application/catalog/messages.ts";
import { encode } from "@/application/messaging/wire/codec.ts";
import type { Incoming } from "@/application/messaging/wire/event_log.ts";
import type { NeighbourList } from "@/application/recommendation/ports.ts";
import { TOPICS } from "@/application/published/topics.ts";
import { bookVote } from "@/domain/trend/vote.ts";
import { type Act, createCalls } from "@/tests/faults/calls.ts";
import { type Event, eventsOf } from "@/tests/faults/check/events.ts";
import { checkLetters } from "@/tests/faults/check/letters.ts";
import { checkLog } from "@/tests/faults/check/log.ts";
import { checkRecommendation } from "@/tests/faults/check/recommendation.ts";
import { checkShown } from "@/tests/faults/check/shown.ts";
import { checkTrend } from "@/tests/faults/check/trend.ts";
import { checkWeb } from "@/tests/faults/check/web.ts";
import { T0 } from "@/tests/support/samples.ts";

const time = new Date(T0).toISOString();
const view = (reader: string, book = "b1"): Act => ({ type: "viewed", reader, book, time });

/** An event as the log holds it. */
function logged(topic: string, position: number, id: string, type: string, key: string, data: unknown): Incoming {
  const envelope = { id, source: "/bookstream/test", type, time, data };
  return {
    topic,
    partition: 0,
    position: String(position),
    next: String(position + 1),
    timestamp: T0,
    ...encode(envelope, key),
  };
}
const viewed = (position: number, id: string, reader: string, book = "b1") =>
  logged(TOPICS.activityEvents, position, id, ACTIVITY.bookViewed, reader, { reader, book });
const version = (position: number, number: number) =>
  logged(
    TOPICS.catalogEvents,
    position,
    `v${number}`,
    number === 1 ? CATALOG.bookAdded : CATALOG.bookChanged,
    "b1",
    { id: "b1", title: `T${number}`, authors: [], subjects: [], popularity: 0, version: number },
  );

/** The history of acts a1, a2 … with their answers, and what the checker says of a log. */
function said(states: ("ok" | "refused" | "unknown")[], messages: Incoming[]): string[] {
  const calls = createCalls(() => 0);
  states.forEach((state, at) =>
    calls.end([calls.begin("http", { kind: "act", act: view("r1") }, `a${at + 1}`)], state)
  );
  return checkLog(calls.all(), eventsOf(messages)).map(({ invariant, what }) => `${invariant} ${what}`);
}

describe("the checker of fault runs finds", () => {
  it("nothing where all is well: events sent twice as they were, and commands of which nobody knows", () => {
    expect(said(["ok", "unknown", "unknown"], [viewed(0, "a1", "r1"), viewed(1, "a1", "r1"), viewed(2, "a3", "r1")]))
      .toEqual([]);
  });

  it("nothing in a no that comes after a try without an answer", () => {
    const calls = createCalls(() => 0);
    const call = calls.begin("http", { kind: "act", act: view("r1") }, "a1");
    calls.end([call], "unknown");
    calls.end([call], "refused");
    expect(checkLog(calls.all(), eventsOf([viewed(0, "a1", "r1")]))).toEqual([]);
    expect(checkLog(calls.all(), [])).toEqual([]);
  });

  it("a lost command", () => {
    expect(said(["ok"], [])).toEqual(["I1 accepted commands without an event"]);
  });

  it("an event of no command, and one of a refused command", () => {
    expect(said([], [viewed(0, "a1", "r1")])).toEqual(["I2 events of no command"]);
    expect(said(["refused"], [viewed(0, "a1", "r1")])).toEqual(["I2 events of refused commands"]);
  });

  it("an event that says something else than was sent, and copies that differ", () => {
    expect(said(["ok"], [viewed(0, "a1", "r1", "b2")])).toEqual(["I1 events that say something else than was sent"]);
    expect(
      said(["ok"], [viewed(0, "a1", "r1"), {
        ...viewed(1, "a1", "r1"),
        headers: { ce_id: "a1", ...viewed(1, "a1", "r1").headers, ce_causationid: "x" },
      }]),
    )
      .toEqual(["I1 events whose copies differ: made twice"]);
  });

  it("a command with two outcomes", () => {
    const calls = createCalls(() => 0);
    calls.end([calls.begin("topic", { kind: "change", book: "b1", title: "T2" }, "c1")], "ok");
    calls.end([calls.begin("http", { kind: "add", book: "b1", title: "T1" }, "c0")], "ok");
    const twice = {
      ...version(2, 3),
      value: new TextEncoder().encode(JSON.stringify({ id: "b1", title: "T2", version: 3 })),
    };
    const found = checkLog(calls.all(), eventsOf([version(0, 1), version(1, 2), twice]));
    expect(found.map(({ what, examples }) => [what, examples])).toEqual([
      ["commands with more than one outcome", ["c1 (topic change)"]],
    ]);
  });

  it("versions out of order, and a gap in them", () => {
    const calls = createCalls(() => 0);
    for (const number of [1, 2, 3]) {
      calls.end([calls.begin("http", { kind: "change", book: "b1", title: `T${number}` })], "unknown");
    }
    const whats = (messages: Incoming[]) => checkLog(calls.all(), eventsOf(messages)).map(({ what }) => what);
    expect(whats([version(0, 1), version(1, 2), version(2, 1), version(3, 2), version(4, 3)])).toEqual([]);
    const disorder = ["books whose versions are out of order or have a gap"];
    expect(whats([version(0, 1), version(1, 3), version(2, 2)])).toEqual(disorder);
    expect(whats([version(0, 1), version(1, 3)])).toEqual(disorder);
  });

  it("a key in two partitions", () => {
    expect(said(["ok", "ok"], [viewed(0, "a1", "r1"), { ...viewed(0, "a2", "r1"), partition: 1 }]))
      .toEqual(["I4 keys in more than one partition"]);
  });
});

const acts = (): Event[] =>
  eventsOf([version(0, 1), viewed(0, "a1", "r1"), viewed(1, "a2", "r1"), viewed(2, "a3", "r2")]);
/** What the trend service's store holds after `acts`, with an error that the test puts in. */
function trendOf(change: { count?: number; votes?: number; api?: string } = {}) {
  const votes = ["r1", "r2"].map((reader) => bookVote("b1", "viewed", { reader, time: T0 }));
  const start = Math.floor(T0 / 300_000) * 300_000;
  const score = Math.log2(20);
  const perWindow = Object.fromEntries(
    Object.entries({ "1h": 1, "24h": 24, "7d": 168, "30d": 720, "90d": 2160 }).map(([window, hours]) => [
      window,
      score + start / (hours * 3_600_000),
    ]),
  ) as Record<"1h" | "24h" | "7d" | "30d" | "90d", number>;
  return {
    votes: votes.slice(0, change.votes ?? 2),
    buckets: [{
      subject: "book" as const,
      key: "b1",
      kind: "viewed" as const,
      start,
      count: change.count ?? 2,
      weight: 20,
    }],
    scores: [{ subject: "book" as const, key: "b1", score: perWindow }],
    shown: new Map([["b1", "version 1"]]),
    api: new Map([["b1", change.api ?? "2 acts of 2 readers, 0 searches"]]),
  };
}

describe("the checker of fault runs holds the stores against the log:", () => {
  it("nothing is said where the votes, counts, scores and lists equal the distinct events", () => {
    expect(checkTrend(acts(), trendOf())).toEqual([]);
  });

  it("a count that is one too high, a vote that is missing, a list that says something else", () => {
    const whats = (change: Parameters<typeof trendOf>[0]) =>
      checkTrend(acts(), trendOf(change)).map(({ what }) => what);
    expect(whats({ count: 3 })).toEqual(["bucket: rows that say something else"]);
    expect(whats({ votes: 1 })).toEqual(["vote: rows are missing"]);
    expect(whats({ api: "3 acts of 2 readers, 0 searches" })).toEqual([
      "GET /v1/trends/books: rows that say something else",
    ]);
  });

  it("a book without its event, a row of the outbox that is left", () => {
    const books = new Map([["b1", "version 1 T1"], ["b2", "version 1 T"]]);
    const found = checkWeb(acts(), { books, readerBooks: [], outbox: 1 });
    expect(found.map(({ what }) => what)).toEqual(["book: rows that nothing made", "the outbox is not empty"]);
  });

  it("what readers were shown: less than before, but for what is quite new or erased, and more than there was", () => {
    const came = (position: number, reader: string, seconds: number) => ({
      ...viewed(position, `a${position}`, reader),
      timestamp: T0 + seconds * 1_000,
    });
    const old = [came(0, "r1", 0), came(1, "r2", 1), came(2, "r3", 2)];
    const shown = (messages: Incoming[], ...votes: [number, number][]) =>
      checkShown(
        eventsOf(messages),
        votes.map(([seconds, n]) => ({ at: T0 + seconds * 1_000, votes: new Map([["b1", n]]) })),
        ["b1"],
      ).violations.map(({ what }) => what.split(":")[0]);
    expect(shown(old, [3, 2], [20, 3], [30, 3])).toEqual([]);
    expect(shown(old, [20, 3], [30, 2])).toEqual(["readers saw less than before"]);
    expect(shown([...old, came(3, "r4", 18)], [20, 4], [30, 3])).toEqual([]);
    const gone = logged(TOPICS.activityEvents, 4, "x", ACTIVITY.readerErased, "r3", { reader: "r3" });
    expect(shown([...old, gone], [20, 3], [30, 2])).toEqual([]);
    expect(shown([...old, gone], [20, 3], [30, 1])).toEqual(["readers saw less than before"]);
    expect(shown(old, [1, 3])).toEqual(["readers saw more than there was"]);
  });

  it("an interaction that is missing", () => {
    const one = { reader: "r1", book: "b1", kind: "viewed" as const, stars: 0, time: T0 };
    const found = checkRecommendation(acts(), {
      interactions: [one],
      known: new Map([["b1", "version 1"]]),
      lists: [{ book: "b1", readers: 2, neighbours: [] }],
    });
    expect(found.map(({ what, examples }) => [what, examples])).toEqual([
      ["interaction: rows are missing", [`r2 b1 viewed: wanted 0 stars at ${T0}`]],
    ]);
  });

  it("a list that is not what all rows make, one that nothing makes, one that is missing", () => {
    const rows = ["r1", "r2"].map((reader) => ({ reader, book: "b1", kind: "viewed" as const, stars: 0, time: T0 }));
    const state = { interactions: rows, known: new Map([["b1", "version 1"]]) };
    const found = (lists: NeighbourList[]) =>
      checkRecommendation(acts(), { ...state, lists }).map(({ invariant, what }) => `${invariant} ${what}`);
    const right = { book: "b1", readers: 2, neighbours: [] };
    expect(found([right])).toEqual([]);
    expect(found([])).toEqual(["I10 neighbour_list: rows are missing"]);
    expect(found([{ ...right, readers: 1 }])).toEqual(["I10 neighbour_list: rows that say something else"]);
    expect(found([right, { ...right, book: "b2" }])).toEqual(["I10 neighbour_list: rows that nothing made"]);
  });

  it("letters: one that is missing, one too many", () => {
    const message = viewed(0, "a1", "r1");
    const letter = { consumer: "trend", message, reason: "unreadable" as const, detail: "", attempts: 1, at: T0 };
    const planted = [{ message, consumers: ["trend"] }];
    expect(checkLetters(planted, [letter])).toEqual([]);
    expect(checkLetters(planted, []).length).toBe(1);
    expect(checkLetters(planted, [letter, letter]).length).toBe(1);
    expect(checkLetters([], [letter]).length).toBe(1);
  });
});
