import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { NeighbourList } from "@/application/recommendation/ports.ts";
import { CATALOG } from "@/application/catalog/messages.ts";
import type { Incoming } from "@/application/messaging/wire/event_log.ts";
import { keyName } from "@/application/messaging/wire/key_name.ts";
import { POOL } from "@/application/trend/lists/candidates.ts";
import { TOPICS } from "@/application/published/topics.ts";
import type { Call } from "@/tests/oracle/calls.ts";
import type { Evidence, FoundDeadLetter, TrendState } from "@/tests/oracle/evidence.ts";
import {
  act,
  added,
  broken,
  kept,
  logged,
  NOTHING,
  rejected,
  said,
  transaction,
  version,
  view,
  viewed,
} from "@/tests/oracle/samples.ts";
import type { Transaction } from "@/tests/oracle/transactions.ts";
import { createCalls } from "@/tests/faults/clients/calls.ts";
import { T0 } from "@/tests/support/samples.ts";

describe("the oracle says nothing", () => {
  it("of a run that kept every promise", () => {
    expect(broken(NOTHING)).toEqual([]);
    expect(broken(kept())).toEqual([]);
  });

  it("of events that were sent twice as they were, and of commands of which nobody knows", () => {
    const messages = [viewed(0, "a1", "r1"), viewed(1, "a1", "r1"), viewed(2, "a3", "r1")];
    expect(said([act("a1", "ok"), act("a2", "unknown"), act("a3", "unknown")], messages)).toEqual([]);
  });

  it("of a no that comes after a try without an answer", () => {
    const calls = createCalls(() => 0);
    const call = calls.begin("http", { kind: "act", act: view("r1") }, "a1");
    calls.end([call], "unknown");
    calls.end([call], "refused");
    expect(said(calls.all(), [viewed(0, "a1", "r1")])).toEqual([]);
    expect(said(calls.all(), [])).toEqual([]);
  });
});

describe("answers to commands: the oracle finds", () => {
  const onTopic = (id: string): Call => ({
    id,
    command: id,
    way: "topic",
    did: { kind: "change", book: "b1", title: "T2" },
    state: "ok",
  });

  it("a lost command, also on a topic, unless it waits in a dead letter", () => {
    expect(said([act("a1", "ok")], [])).toEqual(["I1 accepted commands without an event"]);
    expect(said([onTopic("c1")], [])).toEqual(["I1 accepted commands without an event"]);
    const command = logged(TOPICS.catalogCommands, 0, { id: "c1", type: CATALOG.changeBook, key: "b1", data: {} });
    const deadLetters: FoundDeadLetter[] = [{
      consumer: "catalog-commands",
      message: command,
      reason: "behind",
      detail: "",
    }];
    expect(said([onTopic("c1")], [], { deadLetters })).not.toContain("I1 accepted commands without an event");
  });

  it("an event of no command, one of a refused command, and an answer that nobody asked for", () => {
    expect(said([], [viewed(0, "a1", "r1")])).toEqual(["I2 events of no command"]);
    expect(said([act("a1", "refused")], [viewed(0, "a1", "r1")])).toEqual(["I2 events of refused commands"]);
    expect(said([], [rejected(0, "c9")])).toEqual(["I2 answers to no command"]);
  });

  it("an event that says something else than was sent, or another version than the answer", () => {
    const other = ["I1 events that say something else than was sent"];
    expect(said([act("a1", "ok")], [viewed(0, "a1", "r1", "b2")])).toEqual(other);
    expect(said([{ ...added, answered: 2 }], [version(0, 1)])).toEqual(other);
  });

  it("a command with two outcomes, or with an event and a no", () => {
    const twice = ["I1 commands with more than one outcome"];
    expect(said([added, onTopic("c1")], [version(0, 1), version(1, 2, "c1")])).toEqual([]);
    const third = { ...version(2, 3, "c1"), value: version(2, 2).value };
    expect(said([added, onTopic("c1")], [version(0, 1), version(1, 2, "c1"), third])).toContain(twice[0]);
    expect(said([added, onTopic("c1")], [version(0, 1), version(1, 2, "c1"), rejected(0, "c1")])).toEqual(twice);
  });

  it("an answer that names an event which is not in the log", () => {
    expect(said([{ ...act("a1", "ok"), named: ["a1", "a2"] }], [viewed(0, "a1", "r1")]))
      .toEqual(["I1 answers that name an event which is not in the log"]);
  });
});

describe("the outbox: the oracle finds", () => {
  it("copies that differ, and rows that are left", () => {
    const other = viewed(1, "a1", "r1");
    const copies = [viewed(0, "a1", "r1"), { ...other, headers: { ...other.headers, ce_causationid: "x" } }];
    expect(said([act("a1", "ok")], copies)).toEqual(["I1 events whose copies differ: made twice"]);
    const { state, ...rest } = kept();
    expect(broken({ ...rest, state: { ...state, web: { ...state.web, outbox: 1 } } }))
      .toEqual(["I11 the outbox is not empty"]);
  });

  it("an event that was committed twice, one that is lost, and one that nobody committed", () => {
    const of = (...said: Incoming[]) => [transaction({ store: "web", said })];
    const one = viewed(0, "a1", "r1");
    const found = (messages: Incoming[], transactions: Transaction[]) =>
      said([act("a1", "unknown")], messages, { transactions }).filter((text) => !text.includes("neither effect"));
    expect(found([one], of(one))).toEqual([]);
    expect(found([one], of(one, one))).toEqual(["I1 events that were committed twice"]);
    expect(found([], of(one))).toEqual(["I1 committed events that are not in the log"]);
    expect(found([one], of())).toEqual(["I2 events in the log that no transaction said"]);
  });

  it("a book without its event, an event without its book, a reader's list that says something else", () => {
    const of = (web: Partial<Evidence["state"]["web"]>) => {
      const { state, ...rest } = kept();
      return broken({ ...rest, state: { ...state, web: { ...state.web, ...web } } });
    };
    expect(of({ books: new Map([["b1", "version 1 T1"], ["b2", "version 1 T"]]) }))
      .toEqual(["I2 book: rows that nothing made"]);
    expect(of({ books: new Map() })).toEqual(["I2 book: rows are missing"]);
    expect(of({ readerBooks: [{ reader: "r1", book: "b1", dismissed: true, time: T0 }] }))
      .toEqual(["I2 reader_book: rows that nothing made"]);
  });
});

describe("exactly once: the oracle finds", () => {
  const message = viewed(0, "a1", "r1");
  const deadLetter: FoundDeadLetter = { consumer: "trend", message, reason: "failed", detail: "" };
  const fates = (taken: Incoming[], deadLetters: FoundDeadLetter[] = [], more: Partial<Transaction> = {}) => {
    const of = (store: "trend" | "recommendation", messages: Incoming[]) =>
      transaction({ ...more, store, taken: messages.map((message) => ({ consumer: store, message })) });
    const transactions = [of("trend", taken), of("recommendation", [message])];
    const unusable = deadLetters.map(({ consumer, message }) => ({ consumer, message }));
    return said([act("a1", "ok")], [message], { transactions, deadLetters, unusable })
      .filter((text) => !text.includes("no transaction said"));
  };

  it("a message without a fate, with two of them, and with two effects", () => {
    expect(fates([message])).toEqual([]);
    expect(fates([], [deadLetter])).toEqual([]);
    expect(fates([])).toEqual(["I1 messages with neither effect nor dead letter"]);
    expect(fates([message], [deadLetter])).toEqual(["I1 messages with more than one fate"]);
    expect(fates([message, message])).toEqual(["I1 messages that had their effect more than once"]);
  });

  it("nothing in what was forgotten with its reader", () => {
    expect(fates([], [], { forgotten: [keyName("r1")] })).toEqual([]);
  });

  it("a count that is one too high, a vote that is missing, a score and a list that say something else", () => {
    const { state, ...rest } = kept();
    const of = (change: Partial<TrendState>) =>
      broken({ ...rest, state: { ...state, trend: { ...state.trend, ...change } } });
    const { votes, buckets, scores } = state.trend;
    expect(of({ votes: votes.slice(1) })).toEqual(["I3 vote: rows are missing"]);
    expect(of({ buckets: buckets.map((row) => ({ ...row, count: 3 })) }))
      .toEqual(["I3 bucket: rows that say something else"]);
    expect(of({ scores: scores.map((row) => ({ ...row, score: { ...row.score, "1h": 0 } })) }))
      .toEqual(["I3 score: not what the votes come to"]);
    expect(of({ shown: new Map([["b1", "version 1 T0"]]) })).toEqual(["I1 shown_book: rows that say something else"]);
    expect(of({ listed: { book: new Map([["b1", "3 acts of 2 readers, 0 searches"]]) } }))
      .toEqual(["I3 what lists say of each book: rows that say something else"]);
    expect(of({ listed: { book: new Map() } })).toEqual(["I3 what lists say of each book: rows are missing"]);
    const full = new Map(Array.from({ length: POOL }, (_, at) => [`made-up-${at}`, "1 acts of 1 readers, 0 searches"]));
    expect(of({ listed: { book: full } })).toEqual(["I3 what lists say of each book: rows that nothing made"]);
    expect(of({ listed: { query: new Map([["dune", "0 acts of 1 readers, 1 searches"]]) } }))
      .toEqual(["I3 what lists say of each query: rows that nothing made"]);
  });

  it("an interaction that is missing, a book that is unknown, a list that is not what all rows make", () => {
    const { state, ...rest } = kept();
    const of = (change: Partial<Evidence["state"]["recommendation"]>) =>
      broken({ ...rest, state: { ...state, recommendation: { ...state.recommendation, ...change } } });
    const [right, ...shop] = state.recommendation.lists as [NeighbourList, ...NeighbourList[]];
    expect(of({ interactions: state.recommendation.interactions.slice(1) })).toEqual([
      "I3 interaction: rows are missing",
    ]);
    expect(of({ known: new Map() })).toEqual(["I1 known_book: rows are missing"]);
    expect(of({ lists: [] })).toEqual(["I10 neighbour_list: rows are missing"]);
    expect(of({ lists: [{ ...right, readers: 1 }, ...shop] })).toEqual([
      "I10 neighbour_list: rows that say something else",
    ]);
    expect(of({ lists: [right, ...shop, { ...right, book: "b2" }] })).toEqual([
      "I10 neighbour_list: rows that nothing made",
    ]);
  });
});
