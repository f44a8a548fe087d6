import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import fc from "fast-check";
import { CoOccurrence } from "@/application/recommendation/engine/co_occurrence.ts";
import { type Interaction, INTERACTIONS, tastesOf } from "@/domain/recommendation/interaction.ts";
import { DEFAULT_SETTINGS } from "@/domain/recommendation/settings.ts";
import { chosenLately, DEFAULT_ENGINE, LATELY, nearest, similarity } from "@/domain/recommendation/neighbours.ts";
import { nearestOfEach, recentOf } from "@/domain/recommendation/recent.ts";
import { interaction as row } from "@/tests/support/recommendation/interactions.ts";

describe("tastesOf()", () => {
  it("takes the weightiest act of each book, newest book first", () => {
    expect(
      tastesOf([
        row("r", "a", { kind: "viewed", time: 5 }),
        row("r", "a", { kind: "read", time: 2 }),
        row("r", "b", { kind: "viewed", time: 9 }),
      ]),
    ).toEqual([
      { book: "b", kind: "viewed", weight: 1, time: 9 },
      { book: "a", kind: "read", weight: 4, time: 5 },
    ]);
  });

  it("forgets what was taken back, but not views, and takes what came after", () => {
    const cleared = row("r", "a", { kind: "cleared", time: 5 });
    const says = (...rows: Interaction[]) => tastesOf([cleared, ...rows]).map(({ kind }) => kind);
    expect(says(row("r", "a", { kind: "read", time: 4 }), row("r", "a", { kind: "dismissed", time: 3 }))).toEqual([]);
    expect(says(row("r", "a", { kind: "read", time: 4 }), row("r", "a", { kind: "viewed", time: 1 }))).toEqual([
      "viewed",
    ]);
    // What stays is said again in the same step.
    expect(says(row("r", "a", { kind: "want", time: 5 }))).toEqual(["want"]);
  });

  it("forgets the shelf or the stars alone where only these were taken back, and brings no older dismissal back", () => {
    const said = [row("r", "a", { kind: "read", time: 4 }), row("r", "a", { kind: "rated", stars: 4, time: 4 })];
    const kinds = (...rows: Interaction[]) => tastesOf(rows).map(({ kind }) => kind);
    expect(kinds(...said, row("r", "a", { kind: "unshelved", time: 5 }))).toEqual(["rated"]);
    expect(kinds(...said, row("r", "a", { kind: "unrated", time: 5 }))).toEqual(["read"]);
    const dismissed = row("r", "a", { kind: "dismissed", time: 3 });
    expect(kinds(dismissed, said[1]!, row("r", "a", { kind: "unrated", time: 5 }))).toEqual([]);
    expect(kinds(dismissed, row("r", "a", { kind: "unrated", time: 5 }))).toEqual(["dismissed"]);
    expect(kinds(dismissed, row("r", "a", { kind: "unshelved", time: 5 }))).toEqual([]);
  });

  it("holds a dismissal against later views, until the book is shelved or rated", () => {
    const dismissed = row("r", "a", { kind: "dismissed", time: 5 });
    expect(tastesOf([dismissed, row("r", "a", { kind: "viewed", time: 9 })])[0]?.weight).toBe(0);
    expect(tastesOf([dismissed, row("r", "a", { kind: "want", time: 9 })])[0]?.weight).toBe(2);
    expect(tastesOf([dismissed, row("r", "a", { kind: "want", time: 4 })])[0]?.weight).toBe(0);
  });
});

describe("recentOf()", () => {
  it("weighs acts of one time alike, whatever their ids, and each step before it less", () => {
    const rows = [row("r", "a", { time: 5 }), row("r", "z", { time: 5 }), row("r", "m", { time: 4 })];
    expect(recentOf(tastesOf(rows), DEFAULT_SETTINGS).map(({ taste, weight }) => [taste.book, weight])).toEqual([
      ["a", 4],
      ["z", 4],
      ["m", 2 ** -DEFAULT_SETTINGS.recency * 4],
    ]);
  });

  it("takes 20 steps, and of books without an order 100 at most", () => {
    const many = (timeOf: (at: number) => number) =>
      tastesOf(Array.from({ length: 300 }, (_, at) => row("r", `b${at}`, { time: timeOf(at) })));
    expect(recentOf(many((at) => at), DEFAULT_SETTINGS).length).toBe(20);
    expect(recentOf(many((at) => Math.floor(at / 2)), DEFAULT_SETTINGS).length).toBe(40);
    expect(recentOf(many(() => 1), DEFAULT_SETTINGS).length).toBe(100);
  });

  it("takes 400 neighbours in all: the fewer of each book, the more books there are", () => {
    const of = (books: number) =>
      nearestOfEach(
        recentOf(tastesOf(Array.from({ length: books }, (_, at) => row("r", `b${at}`))), DEFAULT_SETTINGS),
        DEFAULT_SETTINGS,
      );
    expect([of(0), of(1), of(20), of(65), of(300)]).toEqual([400, 400, 20, 7, 4]);
  });

  it("takes more where the newest steps weigh most: two books of weights 1 and 1/4 share as one and a quarter", () => {
    const tastes = tastesOf([row("r", "new", { kind: "read", time: 9 }), row("r", "old", { kind: "viewed", time: 9 })]);
    expect(nearestOfEach(recentOf(tastes, DEFAULT_SETTINGS), DEFAULT_SETTINGS)).toBe(400 / 1.25);
    const steps = tastesOf(Array.from({ length: 20 }, (_, at) => row("r", `b${at}`, { time: at })));
    expect(nearestOfEach(recentOf(steps, { recency: 0 }), DEFAULT_SETTINGS)).toBe(20);
    expect(nearestOfEach(recentOf(steps, { recency: 0.7 }), DEFAULT_SETTINGS)).toBeGreaterThan(50);
  });
});

describe("similarity()", () => {
  it("shrinks by readers as busy as a book's own: all readers ten times busier leave the likeness as it was", () => {
    const of = (units: number) => {
      const degree = { readers: 5, units: 5 * units };
      return similarity(3 * units, degree, degree, DEFAULT_ENGINE);
    };
    expect(of(1000)).toBe(of(10_000));
    expect(of(1000)).toBeCloseTo(0.6 * 5 / (5 + DEFAULT_ENGINE.shrink), 8);
  });

  it("brings books of many readers nearer, the lower their exponent is", () => {
    const [few, many] = [{ readers: 8, units: 8 * 2 ** 20 }, { readers: 64, units: 64 * 2 ** 20 }];
    const of = (target: number) => {
      const settings = { ...DEFAULT_ENGINE, shrink: 0, target };
      return similarity(2 * 2 ** 20, few, many, settings) / similarity(2 * 2 ** 20, few, few, settings);
    };
    expect([of(0), of(1 / 3), of(2 / 3)]).toEqual([1, 1 / 2, 1 / 4].map((share) => expect.closeTo(share, 7)));
  });
});

describe("nearest()", () => {
  it("gives as many as are kept, nearest first, ties by id, as sorting all would", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 30 }),
        fc.integer({ min: 1, max: 9 }),
        (points, keep) => {
          const similarities = Float64Array.from(points, (point) => point / 10);
          const bookAt = (place: number) => `b${(place * 7) % 31}`;
          const all = points.map((point, place) => ({ book: bookAt(place), similarity: point / 10 }));
          const sorted = all.sort((a, b) => b.similarity - a.similarity || (a.book < b.book ? -1 : 1));
          expect(nearest(similarities, bookAt, keep)).toEqual(sorted.slice(0, keep));
        },
      ),
    );
  });
});

describe("CoOccurrence", () => {
  const acts = fc.array(
    fc.record({
      reader: fc.constantFrom("r1", "r2", "r3", "r4"),
      book: fc.constantFrom("a", "b", "c", "d", "e"),
      kind: fc.constantFrom(...INTERACTIONS),
      time: fc.nat(20),
    }),
    { maxLength: 40 },
  );

  it("lists books of a catalogue of any size, also beyond the numbers that it begins with", () => {
    const model = new CoOccurrence(DEFAULT_ENGINE);
    for (let reader = 0; reader < 2_000; reader++) {
      model.set(`r${reader}`, ["one", "other"].map((side) => row(`r${reader}`, `${side}-${reader}`, { kind: "read" })));
    }
    for (const pair of [0, 511, 512, 1_999]) {
      expect(model.list(`one-${pair}`).neighbours.map(({ book }) => book)).toEqual([`other-${pair}`]);
    }
  });

  it("lists kept up act by act equal lists made again from the rows, to the last digit", () => {
    fc.assert(fc.property(acts, (list) => {
      const rows = list.map((act) => row(act.reader, act.book, act));
      const live = new CoOccurrence(DEFAULT_ENGINE);
      const stored = new Map<string, ReturnType<CoOccurrence["list"]>>();
      const soFar = new Map<string, Interaction[]>();
      for (const one of rows) {
        soFar.set(one.reader, [...(soFar.get(one.reader) ?? []), one]);
        live.set(one.reader, soFar.get(one.reader)!);
        const touched = live.takeTouched();
        for (const book of [...touched, ...[...live.beside(touched, false)].flat()]) stored.set(book, live.list(book));
      }
      const anew = new CoOccurrence(DEFAULT_ENGINE);
      for (const [reader, own] of [...soFar].reverse()) anew.set(reader, own);
      expect(stored.get(LATELY)?.neighbours ?? []).toEqual(anew.list(LATELY).neighbours);
      for (const book of ["a", "b", "c", "d", "e"]) {
        expect(stored.get(book) ?? { book, readers: 0, neighbours: [] }).toEqual(anew.list(book));
      }
    }));
  });

  it("leaves the lists beside a book of many readers as they are until it has a good part more of them", () => {
    const model = new CoOccurrence(DEFAULT_ENGINE);
    const read = (reader: number) => model.set(`r${reader}`, [row(`r${reader}`, "a"), row(`r${reader}`, `b${reader}`)]);
    const beside = () => new Set([...model.beside(model.takeTouched(), false)].flat());
    for (let reader = 0; reader < 92; reader++) read(reader);
    expect(beside().size).toBe(93);
    model.set("new", [row("new", "a")]);
    expect(beside().size).toBe(0);
    for (let reader = 92; reader < 100; reader++) read(reader);
    expect(beside().size).toBe(101);
  });

  it("counts books that a reader chose far apart less, and acts of one time as one step, whatever their ids", () => {
    const model = new CoOccurrence({ ...DEFAULT_ENGINE, fade: 1 });
    const times = { a: 1, b: 2, c: 3, d: 4, e: 4 };
    model.set("r", Object.entries(times).map(([book, time]) => row("r", book, { time })));
    const near = Object.fromEntries(model.list("a").neighbours.map(({ book, similarity }) => [book, similarity]));
    expect(near.b! / near.c!).toBeCloseTo(2, 4);
    expect(near.b! / near.d!).toBeCloseTo(3, 4);
    expect(near.d).toBe(near.e);
    model.set("r", Object.keys(times).map((book) => row("r", book, { time: 9 })));
    expect(new Set(model.list("a").neighbours.map(({ similarity }) => similarity)).size).toBe(1);
  });

  it("puts what readers chose after a book before what they chose before it", () => {
    const model = new CoOccurrence(DEFAULT_ENGINE);
    model.set("r", ["before", "own", "next"].map((book, time) => row("r", book, { time })));
    const [first, second] = model.list("own").neighbours;
    expect([first?.book, second?.book]).toEqual(["next", "before"]);
    expect(second!.similarity / first!.similarity).toBeCloseTo(0.6, 4);
  });

  it("damps readers of many books, and forgets a reader whose rows are gone", () => {
    const model = new CoOccurrence(DEFAULT_ENGINE);
    model.set("few", [row("few", "a"), row("few", "b")]);
    model.set("many", [row("many", "a"), ...Array.from({ length: 50 }, (_, at) => row("many", `x${at}`))]);
    const { neighbours, readers } = model.list("a");
    expect(readers).toBe(2);
    expect(neighbours[0]?.book).toBe("b");
    model.set("few", []);
    expect(model.list("a").neighbours.some(({ book }) => book === "b")).toBe(false);
    expect(model.list("b").readers).toBe(0);
  });
});

describe("chosenLately()", () => {
  const at = (book: string, time: number) => ({ book, time });

  it("counts newer choices more, all of one time alike, and takes no more than the newest 2,000 and their like", () => {
    const many = Array.from({ length: 2_000 }, (_, time) => at(time % 2 === 0 ? "even" : "odd", 10 + time));
    const list = chosenLately([at("older", 9), ...many]);
    expect(list.map(({ book }) => book)).toEqual(["odd", "even"]);
    expect(list[1]!.similarity).toBeCloseTo(0.998, 6);
    expect(chosenLately([at("b", 1), at("a", 1), at("a", 1)])).toEqual([
      { book: "a", similarity: 1 },
      { book: "b", similarity: 0.5 },
    ]);
    expect(chosenLately([])).toEqual([]);
  });

  it("leaves out more choices of one time than count, as they have no order, and what is older", () => {
    const imported = Array.from({ length: 2_001 }, () => at("imported", 5));
    expect(chosenLately([...imported, at("older", 1)])).toEqual([]);
    expect(chosenLately([at("newer", 6), ...imported])).toEqual([{ book: "newer", similarity: 1 }]);
  });

  it("is made again when a reader has another book in the place of one at the same time", () => {
    const model = new CoOccurrence(DEFAULT_ENGINE);
    model.set("r", [row("r", "a", { time: 5 })]);
    model.takeTouched();
    model.set("r", [
      row("r", "a", { time: 5 }),
      row("r", "a", { kind: "dismissed", time: 6 }),
      row("r", "b", { time: 5 }),
    ]);
    expect(model.takeTouched()).toContain(LATELY);
  });

  it("is the same list act by act as rebuilt from all acts, when there are more choices than count and the newest are taken back", () => {
    const live = new CoOccurrence(DEFAULT_ENGINE);
    const rows = (reader: number) =>
      Array.from(
        { length: 50 },
        (_, number) => row(`r${reader}`, `b${(reader * 7 + number) % 90}`, { time: reader * 50 + number }),
      );
    for (let reader = 0; reader < 60; reader++) {
      live.set(`r${reader}`, rows(reader));
      if (reader % 10 === 0) live.list(LATELY);
    }
    live.list(LATELY);
    for (let reader = 55; reader < 60; reader++) live.set(`r${reader}`, []);
    const anew = new CoOccurrence(DEFAULT_ENGINE);
    for (let reader = 54; reader >= 0; reader--) anew.set(`r${reader}`, rows(reader));
    expect(live.list(LATELY)).toEqual(anew.list(LATELY));
  });
});
