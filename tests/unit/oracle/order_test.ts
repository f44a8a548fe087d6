import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { Incoming } from "@/application/messaging/wire/event_log.ts";
import type { Call } from "@/tests/oracle/calls.ts";
import { eventsOf } from "@/tests/oracle/events.ts";
import type { Evidence, FoundDeadLetter, PositionNote, Sightings, Unusable } from "@/tests/oracle/evidence.ts";
import { checkArrival, leftOver } from "@/tests/oracle/promises/arrival.ts";
import { checkReplay } from "@/tests/oracle/promises/replay.ts";
import { checkShown, mostBehindMs } from "@/tests/oracle/promises/shown.ts";
import {
  act,
  broken,
  erased,
  kept,
  NOTHING,
  rejected,
  said,
  shelved,
  textOf,
  transaction,
  version,
  viewed,
} from "@/tests/oracle/samples.ts";
import type { Transaction } from "@/tests/oracle/transactions.ts";
import { T0 } from "@/tests/support/samples.ts";

describe("order per key: the oracle finds", () => {
  const calls: Call[] = [1, 2, 3].map((number) => ({
    id: `c${number}`,
    way: "http",
    did: { kind: number === 1 ? "add" : "change", book: "b1", title: `T${number}` },
    state: "unknown",
  }));
  const versions = (...messages: Incoming[]) => said(calls, messages);

  it("versions out of order, and a gap in them", () => {
    expect(versions(version(0, 1), version(1, 2), version(2, 1), version(3, 2), version(4, 3))).toEqual([]);
    const disorder = ["I4 books whose versions are out of order or have a gap"];
    expect(versions(version(0, 1), version(1, 3), version(2, 2))).toEqual(disorder);
    expect(versions(version(0, 1), version(1, 3))).toEqual(disorder);
  });

  it("a key in two partitions", () => {
    expect(
      said([act("a1", "ok"), act("a2", "ok")], [viewed(0, "a1", "r1"), { ...viewed(0, "a2", "r1"), partition: 1 }]),
    )
      .toEqual(["I4 keys in more than one partition"]);
  });

  it("events of a key that come to the log in another order than they were committed", () => {
    const [first, second] = [viewed(0, "a1", "r1"), viewed(1, "a2", "r1")];
    const order = (...committed: Incoming[]) =>
      said([act("a1", "ok"), act("a2", "ok")], [first, second], {
        transactions: [transaction({ store: "web", said: committed })],
      }).filter((text) => !text.includes("neither effect"));
    expect(order(first, second)).toEqual([]);
    expect(order(second, first)).toEqual(["I4 keys whose events are in another order than they were committed"]);
  });

  it("an effect after a later one of its key, unless the two have no order", () => {
    const order = (...messages: Incoming[]) =>
      said([], [], {
        transactions: [transaction({ taken: messages.map((message) => ({ consumer: "trend", message })) })],
      });
    const late = "I8 messages that had their effect after a later one of their key";
    expect(order(shelved(0, "a1", "r1"), shelved(1, "a2", "r1"))).toEqual([]);
    expect(order(shelved(1, "a2", "r1"), shelved(0, "a1", "r1"))).toEqual([late]);
    expect(order(viewed(1, "a2", "r1"), viewed(0, "a1", "r1"))).toEqual([]);
  });
});

describe("positions: the oracle finds", () => {
  const place = "trend t/0";
  const note = (kind: "claim" | "move" | "seen", epoch: number, next: number): PositionNote => ({
    place,
    kind,
    epoch: BigInt(epoch),
    next: BigInt(next),
  });
  const found = (...positions: PositionNote[]) => broken({ ...NOTHING, positions });

  it("one that goes back, also while nobody looks, unless it was removed", () => {
    expect(found(note("claim", 1, 0), note("move", 1, 5), note("claim", 2, 5), note("move", 2, 9))).toEqual([]);
    expect(found(note("claim", 1, 5), note("move", 1, 4))).toEqual(["I5 positions went back"]);
    expect(found({ ...note("claim", 1, 4), from: 5n } as PositionNote)).toEqual(["I5 positions went back"]);
    expect(found(note("seen", 1, 5), note("seen", 1, 4))).toEqual(["I5 positions went back"]);
    expect(found(note("claim", 1, 5), { place, kind: "gone" }, note("claim", 1, 0))).toEqual([]);
  });

  it("an earlier owner that goes on, and an epoch that is given twice", () => {
    const stranger = ["I6 an earlier owner wrote after a later one"];
    const claims = ["I6 partitions were claimed by an epoch that does not follow"];
    expect(found(note("claim", 1, 0), note("claim", 2, 0), note("move", 1, 5))).toEqual(stranger);
    expect(found(note("move", 1, 5))).toEqual(stranger);
    expect(found(note("claim", 2, 0), note("claim", 2, 0))).toEqual(claims);
    expect(found(note("claim", 2, 0), note("claim", 1, 0))).toEqual(claims);
    expect(found(note("seen", 2, 0), note("seen", 1, 0))).toEqual(stranger);
  });
});

describe("dead letters: the oracle finds", () => {
  const message = { ...shelved(0, "a1", "r1"), value: new TextEncoder().encode("{ broken") };
  const deadLetter: FoundDeadLetter = { consumer: "trend", message, reason: "unreadable", detail: "" };
  const one: Unusable = { consumer: "trend", message, reason: "unreadable" };
  const found = (unusable: Unusable[], deadLetters: FoundDeadLetter[], messages: Incoming[] = []) =>
    broken({ ...NOTHING, unusable, deadLetters, messages });
  const beside = "I7 dead letters that nothing unusable was sent for";
  const missing = "I7 unusable messages without a dead letter of their bytes";

  it("one that is missing, one too many, one of nobody's", () => {
    expect(found([one], [deadLetter])).toEqual([]);
    expect(found([one], [])).toEqual([missing]);
    expect(found([one], [deadLetter, deadLetter])).toEqual([beside]);
    expect(found([], [deadLetter])).toEqual([beside]);
    expect(found([], [{ ...deadLetter, consumer: "relay" }])).toEqual([beside]);
  });

  it("one that lost its bytes or its headers, one with another reason", () => {
    expect(found([one], [{ ...deadLetter, message: { ...message, value: null } }])).toEqual([missing, beside]);
    expect(found([one], [{ ...deadLetter, message: { ...message, headers: {} } }])).toEqual([missing, beside]);
    expect(found([one], [{ ...deadLetter, reason: "failed" }])).toEqual([
      "I7 dead letters with another reason than they have",
    ]);
  });

  it("one that did not wait behind another of its key, or says that something is wrong with it", () => {
    const first = shelved(0, "a1", "r1");
    const [later, other] = [shelved(1, "a2", "r1"), shelved(2, "a3", "r2")];
    const failed: Unusable = { consumer: "trend", message: first, reason: "failed" };
    const parked = (message: Incoming, reason: FoundDeadLetter["reason"]): FoundDeadLetter => ({
      ...deadLetter,
      message,
      reason,
    });
    const of = (...deadLetters: FoundDeadLetter[]) => found([failed], deadLetters, [first, later, other]);
    expect(of(parked(first, "failed"), parked(later, "behind"))).toEqual([]);
    expect(of(parked(first, "failed"))).toEqual(["I8 messages that did not wait behind one of their key"]);
    expect(of(parked(first, "failed"), parked(later, "failed")))
      .toEqual(["I8 dead letters of messages that only waited with another reason"]);
    expect(of(parked(first, "failed"), parked(later, "behind"), parked(other, "behind"))).toEqual([beside]);
  });
});

describe("erasures: the oracle finds", () => {
  it("what is left of an erased reader in any store", () => {
    const { state, ...rest } = kept();
    const messages = [...rest.messages, erased(2, "r2")];
    const events = eventsOf(messages);
    const row = { reader: "r2", book: "b1", dismissed: true, time: T0 };
    const of = (change: Partial<Evidence["state"]>) =>
      broken({
        ...rest,
        calls: [...rest.calls, { id: "x", way: "http", did: { kind: "erase", reader: "r2" }, state: "ok" }],
        messages,
        events,
        had: { trend: events, recommendation: events },
        state: { ...state, ...change },
      }).filter((text) => text.includes("erased"));
    expect(of({})).toEqual(["I2 rows of erased readers"]);
    const { trend, recommendation } = NOTHING.state;
    expect(of({ trend, recommendation })).toEqual([]);
    expect(of({ trend, recommendation, web: { ...state.web, readerBooks: [row] } })).toEqual([
      "I2 rows of erased readers",
    ]);
  });
});

describe("versions: the oracle finds", () => {
  it("one that a rebuild makes differently", () => {
    expect(broken({ ...NOTHING, rebuilt: [{ name: "trend", live: "[1]", rebuilt: "[1]" }] })).toEqual([]);
    expect(broken({ ...NOTHING, rebuilt: [{ name: "trend", live: "[1]", rebuilt: "[2]" }] }))
      .toEqual(["I10 versions that a rebuild makes differently"]);
  });

  it("one that is shown before it has read what was there when it was begun", () => {
    const topic = "bookstream.activity.events";
    const began = new Map([[`${topic}/0`, 5]]);
    const move = (next: number) => [{ consumer: "trend", topic, partition: 0, next: String(next), epoch: 1 }];
    const found = (...between: Partial<Transaction>[]) =>
      broken({
        ...NOTHING,
        live: { ...NOTHING.live, trend: 3 },
        transactions: [{ began }, ...between, { switched: 2 }].map(transaction),
      });
    expect(found({ version: 2, moves: move(5) })).toEqual([]);
    const early = ["I10 versions that were shown before they had read the log"];
    expect(found({ version: 2, moves: move(4) })).toEqual(early);
    expect(found({ version: 1, moves: move(5) })).toEqual(early);
    expect(found({ version: 2, moves: move(5) }, { clearedAbove: 1 })).toEqual(early);
  });

  it("what readers were shown: less than before, but for what is quite new or erased, and more than there was", () => {
    const came = (position: number, reader: string, seconds: number) => ({
      ...viewed(position, `a${position}`, reader),
      timestamp: T0 + seconds * 1_000,
    });
    const old = [came(0, "r1", 0), came(1, "r2", 1), came(2, "r3", 2)];
    const looks = (...votes: [number, number][]): Sightings => ({
      trends: votes.map(([seconds, n]) => ({ at: T0 + seconds * 1_000, votes: new Map([["b1", n]]) })),
      books: ["b1"],
      lost: [],
    });
    const shown = (messages: Incoming[], ...votes: [number, number][]) =>
      textOf(checkShown({ events: eventsOf(messages), sightings: looks(...votes) })).map((text) => text.split(":")[0]);
    expect(shown(old, [3, 2], [20, 3], [30, 3])).toEqual([]);
    expect(shown(old, [20, 3], [30, 2])).toEqual(["I10 readers saw less than before"]);
    const fresh = [...old, came(3, "r4", 18)];
    expect(shown(fresh, [20, 4], [30, 3])).toEqual([]);
    expect(mostBehindMs(eventsOf(fresh), looks([20, 4], [30, 3]))).toBe(2_000);
    const gone = erased(4, "r3");
    expect(shown([...old, gone], [20, 3], [30, 2])).toEqual([]);
    expect(shown([...old, gone], [20, 3], [30, 1])).toEqual(["I10 readers saw less than before"]);
    expect(shown(old, [1, 3])).toEqual(["I10 readers saw more than there was"]);
    expect(textOf(checkShown({ events: [], sightings: { trends: [], books: [], lost: ["b1 at 5"] } })))
      .toEqual(["I10 lists lost what readers also chose"]);
  });
});

describe("what comes again: the oracle finds", () => {
  const moment = (dump: string, ...said: Incoming[]) => ({ dump, said });
  const found = (...given: Parameters<typeof checkReplay>) => textOf(checkReplay(...given));
  const one = viewed(0, "a1", "r1");

  it("what changed, and what was said anew", () => {
    expect(found(moment("1", one), moment("1", one, one), new Set())).toEqual([]);
    expect(found(moment("1"), moment("2"), new Set())).toEqual(["I9 a replay changed what is stored"]);
    expect(found(moment("1"), moment("1", one), new Set())).toEqual(["I9 a replay said something new"]);
  });

  it("nothing in a no to a command that was forgotten with its reader before it was answered", () => {
    const no = rejected(0, "c1");
    expect(found(moment("1"), moment("1", no), new Set(["c1"]))).toEqual([]);
    expect(found(moment("1"), moment("1", no), new Set())).toEqual(["I9 a replay said something new"]);
    const other = rejected(1, "c1");
    expect(found(moment("1", no), moment("1", no, other), new Set(["c1"]))).toEqual(["I9 a replay said something new"]);
  });
});

describe("arrival: the oracle finds", () => {
  const topic = "bookstream.activity.commands";
  const quiet = { outbox: 0, ends: new Map([[`${topic}/0`, "5"]]), marks: 0, rebuilds: [] };
  const positions = (next: string) => new Map([[`activity-commands ${topic}/0`, next]]);

  it("what has not arrived in time, by its kind", () => {
    expect(leftOver({ ...quiet, positions: positions("5") })).toEqual([]);
    const left = leftOver({ ...quiet, outbox: 2, marks: 1, rebuilds: ["rebuild-1"], positions: positions("4") });
    expect(left).toEqual([
      "rebuild-1 is not done",
      "2 rows in the outbox",
      "1 marks of the engine",
      `activity-commands is at 4 of 5 in ${topic}/0`,
    ]);
    expect(textOf(checkArrival(left, "90 s"))).toEqual([
      "I11 the outbox was not empty within 90 s",
      "I12 not everything has arrived within 90 s",
    ]);
    expect(checkArrival([], "90 s")).toEqual([]);
  });
});
