import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { Call } from "@/tests/oracle/calls.ts";
import type { Look } from "@/tests/oracle/evidence.ts";
import { eventsOf } from "@/tests/oracle/events.ts";
import { checkReads } from "@/tests/oracle/promises/reads.ts";
import { logged, textOf, version } from "@/tests/oracle/samples.ts";
import { CATALOG } from "@/application/catalog/messages.ts";
import { TOPICS } from "@/application/published/topics.ts";

const removal = logged(TOPICS.catalogEvents, 3, {
  id: "v4",
  type: CATALOG.bookRemoved,
  key: "b1",
  data: { id: "b1", version: 4 },
});
const events = eventsOf([version(0, 1), version(1, 2), version(2, 3), removal]);

/** A look at the book that found a version, undefined for none. */
const look = (asked: number, told: number, version: number | undefined): Look => ({ book: "b1", asked, told, version });

/** A change that was answered with yes at a time. */
const changed = (id: string, told: number, wanted: number, answered = wanted + 1): Call => ({
  id,
  way: "http",
  did: { kind: "change", book: "b1", title: "T" },
  state: "ok",
  wanted,
  answered,
  told,
});
const removed: Call = { id: "c3", way: "http", did: { kind: "remove", book: "b1" }, state: "ok", wanted: 3, told: 50 };

const said = (calls: Call[], looks: Look[]) => textOf(checkReads({ calls, events, looks }));

describe("what clients see of books: the oracle", () => {
  it("says nothing of looks that find what there is, also beside a change", () => {
    const calls = [changed("c1", 20, 1), changed("c2", 30, 2), removed];
    const looks = [
      look(1, 2, 1),
      look(15, 25, 1),
      look(16, 24, 2),
      look(31, 32, 3),
      look(40, 60, 3),
      look(51, 52, undefined),
    ];
    expect(said(calls, looks)).toEqual([]);
    expect(said([], [])).toEqual([]);
  });

  it("finds a version that went back, and a book that is there again", () => {
    const back = "I17 looks at a book that went back behind an earlier look";
    expect(said([], [look(1, 2, 2), look(3, 4, 1)])).toEqual([back]);
    expect(said([], [look(1, 3, 2), look(2, 4, 1)])).toEqual([]);
  });

  it("finds a change that is not seen at once, a removal too", () => {
    const late = "I18 changes that were answered with yes and not seen at once";
    expect(said([changed("c1", 20, 1)], [look(21, 22, 1)])).toEqual([late]);
    expect(said([changed("c1", 20, 1)], [look(19, 22, 1)])).toEqual([]);
    expect(said([removed], [look(51, 52, 3)])).toEqual([late]);
  });

  it("finds a book that is gone although nobody removed it, and a version that never was", () => {
    const kept = eventsOf([version(0, 1), version(1, 2)]);
    const only = (looks: Look[]) => textOf(checkReads({ calls: [], events: kept, looks }));
    expect(only([look(1, 2, 1), look(3, 4, undefined)])).toEqual([
      "I17 looks at a book that went back behind an earlier look",
    ]);
    expect(only([look(1, 2, 3)])).toEqual(["I18 versions that were seen and that no event tells"]);
  });

  it("finds two changes of the same version that both won", () => {
    expect(said([changed("c1", 20, 1), changed("c2", 21, 1)], [])).toEqual([
      "I19 changes of the same version of which more than one won",
    ]);
    expect(said([changed("c1", 20, 1), changed("c2", 21, 1, 3)], [])).toEqual([
      "I19 changes of the same version of which more than one won",
      "I19 changes that were answered with another version than the next one",
    ]);
    expect(said([changed("c1", 20, 1), { ...changed("c2", 21, 1), state: "refused" }], [])).toEqual([]);
  });
});
