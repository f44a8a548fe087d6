import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { ACTIVITY } from "@/application/activity/messages.ts";
import { CATALOG } from "@/application/catalog/messages.ts";
import type { Event } from "@/tests/oracle/events.ts";
import { checkPolicies } from "@/tests/oracle/promises/policies.ts";

const event = (id: string, type: string, correlationid: string, data: Record<string, unknown>): Event => ({
  envelope: { id, source: "/test", type, correlationid, data },
  time: 0,
  arrived: 0,
  topic: "t",
  partition: 0,
  key: "b1",
  copies: 1,
  same: true,
});
const removed = event("e1", CATALOG.bookRemoved, "c1", { id: "b1", version: 2 });
const forgotten = (id: string, correlation = "c1") =>
  event(id, ACTIVITY.bookForgotten, correlation, { book: "b1", readers: 1 });
const refused = event("no", ACTIVITY.commandRejected, "c1", { command: { id: "p1", type: ACTIVITY.forgetBook } });
const found = (events: Event[], foreign: string[] = []) =>
  checkPolicies({ events, foreign: new Set(foreign) }).map(({ invariant, what }) => `${invariant} ${what}`);

describe("what follows from events of other modules: the oracle", () => {
  it("says nothing of a removal that was acted upon once, or refused once", () => {
    expect(found([removed, forgotten("f1")])).toEqual([]);
    expect(found([removed, refused])).toEqual([]);
  });

  it("finds a removal that was acted upon twice, or not at all, and a book that was forgotten without one", () => {
    expect(found([removed, forgotten("f1"), forgotten("f2")])).toEqual([
      "I1 removals of books that activity has acted upon more than once",
    ]);
    expect(found([removed])).toEqual(["I1 removals of books that activity has not acted upon"]);
    expect(found([forgotten("f1", "other")])).toEqual(["I1 books that were forgotten without a removal"]);
  });
});
