import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import fc from "fast-check";
import { CoOccurrence } from "@/application/recommendation/co_occurrence.ts";
import { type Interaction, INTERACTIONS, tastesOf } from "@/domain/recommendation/interaction.ts";
import { type BookFacts, likeness, seriesOf } from "@/domain/recommendation/likeness.ts";
import { DEFAULT_ENGINE, nearest } from "@/domain/recommendation/neighbours.ts";
import { nearestOfEach, recentOf } from "@/domain/recommendation/recent.ts";
import { recommend } from "@/domain/recommendation/recommend.ts";
import { similarBooks } from "@/domain/recommendation/similar.ts";

const row = (reader: string, book: string, fields: Partial<Interaction> = {}): Interaction => ({
  reader,
  book,
  kind: "read",
  stars: 0,
  time: 1,
  ...fields,
});
const facts = (id: string, fields: Partial<BookFacts> = {}): BookFacts => ({
  id,
  title: `T-${id}`,
  authors: [`author ${id}`],
  subjects: [],
  popularity: 0,
  ...fields,
});
const known = (...books: BookFacts[]) => new Map(books.map((book) => [book.id, book]));
const nothing = { knownWorks: new Set<string>(), neighbours: new Map(), searches: [], popular: [], limit: 10 };

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

describe("recommend()", () => {
  it("with a single reader: books alike by author and subject, because of the seen book", () => {
    const books = known(
      facts("seen", { title: "Dune", authors: ["Frank Herbert"], subjects: ["science fiction"] }),
      facts("author", { authors: ["frank herbert"] }),
      facts("subject", { subjects: ["Science Fiction"] }),
      facts("other"),
    );
    const items = recommend({ ...nothing, tastes: tastesOf([row("r", "seen", { kind: "viewed" })]), facts: books });
    expect(items.map((item) => [item.book.id, item.reason])).toEqual([
      ["author", { kind: "because_you", text: "Because you looked at Dune", book: "seen" }],
      ["subject", { kind: "because_you", text: "Because you looked at Dune", book: "seen" }],
    ]);
  });

  it("never lists what the reader knows or dismissed", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            book: fc.constantFrom("a", "b", "c", "d"),
            kind: fc.constantFrom(
              ...INTERACTIONS.filter((kind) => !["cleared", "unshelved", "unrated"].includes(kind)),
            ),
            time: fc.nat(9),
          }),
        ),
        (acts) => {
          const rows = acts.map((act) => row("r", act.book, act));
          const same = { authors: ["X"], subjects: ["s"] };
          const books = known(...["a", "b", "c", "d", "e"].map((id) => facts(id, same)));
          const neighbours = new Map(
            ["a", "b", "c", "d"].map((
              id,
            ) => [id, ["a", "b", "c", "d", "e"].map((book) => ({ book, similarity: 0.5 }))]),
          );
          const popular = ["a", "b", "c", "d"].map((book) => ({ book, readers: 9 }));
          const items = recommend({ ...nothing, tastes: tastesOf(rows), neighbours, popular, facts: books });
          for (const item of items) expect(rows.some(({ book }) => book === item.book.id)).toBe(false);
        },
      ),
    );
  });

  it("gives newcomers popular books, and searchers what their search found, each with its own reason", () => {
    const books = known(facts("p"), facts("s"));
    const searches = [{ reader: "r", normal: "dune", query: "Dune", books: ["s"], time: 1 }];
    const items = recommend({ ...nothing, tastes: [], searches, popular: [{ book: "p", readers: 3 }], facts: books });
    expect(items.map((item) => [item.book.id, item.reason.kind, item.reason.text])).toEqual([
      ["s", "because_you_searched", "Because you searched “Dune”"],
      ["p", "popular", "Popular with readers"],
    ]);
  });

  it("names the book that the largest part of the score is due to", () => {
    const books = known(facts("old"), facts("new"), facts("x"));
    const neighbours = new Map([["old", [{ book: "x", similarity: 0.9 }]], ["new", [{ book: "x", similarity: 0.1 }]]]);
    const tastes = tastesOf([row("r", "old", { time: 1 }), row("r", "new", { time: 2 })]);
    expect(recommend({ ...nothing, tastes, neighbours, facts: books })[0]?.reason).toEqual({
      kind: "because_you",
      text: "Because you read T-old",
      book: "old",
    });
  });
});

describe("a list", () => {
  const popularOf = (books: Map<string, BookFacts>) => [...books.keys()].map((book) => ({ book, readers: 1 }));
  const idsOf = (items: { book: BookFacts }[]) => items.map(({ book }) => book.id);

  it("has one edition of each work, and none of a work that the reader knows", () => {
    const books = known(
      facts("mine", { work: "w1" }),
      facts("mine-2", { work: "w1" }),
      facts("other", { work: "w2" }),
      facts("other-2", { work: "w2" }),
      facts("old-1"),
      facts("old-2"),
    );
    const input = { ...nothing, popular: popularOf(books), facts: books };
    const tastes = tastesOf([row("r", "mine", { kind: "dismissed" })]);
    expect(idsOf(recommend({ ...input, tastes, knownWorks: new Set(["w1"]) }))).toEqual(["other", "old-1", "old-2"]);
  });

  it("of books like one book has no other edition of it, and one of each work", () => {
    const same = { authors: ["A"] };
    const books = known(
      facts("own-2", { ...same, work: "w1" }),
      facts("b", { ...same, work: "w2" }),
      facts("b-2", { ...same, work: "w2" }),
    );
    const neighbours = [{ book: "own-2", similarity: 0.9 }, { book: "b-2", similarity: 0.4 }];
    expect(idsOf(similarBooks(facts("own", { ...same, work: "w1" }), neighbours, books, 10))).toEqual(["b-2"]);
  });

  for (const [name, same] of [["author", { authors: ["One"] }], ["series", { series: "One" }]] as const) {
    it(`has three books of one ${name} before all others, and more only where there are no others`, () => {
      const books = known(
        ...Array.from({ length: 60 }, (_, at) => facts(`s${at + 10}`, same as Partial<BookFacts>)),
        facts("x"),
        facts("y"),
      );
      const input = { ...nothing, tastes: [], popular: popularOf(books), facts: books };
      expect(idsOf(recommend({ ...input, limit: 5 }))).toEqual(["s10", "s11", "s12", "x", "y"]);
      expect(idsOf(recommend({ ...input, limit: 7 }))).toEqual(["s10", "s11", "s12", "x", "y", "s13", "s14"]);
      const own = facts("own", same as Partial<BookFacts>);
      const near = ["x", "y"].map((book) => ({ book, similarity: 0.01 }));
      expect(idsOf(similarBooks(own, near, books, 5)).toSorted()).toEqual(["s10", "s11", "s12", "x", "y"]);
    });
  }

  it("names the act that gave the most in all: by readers and by likeness together", () => {
    const books = known(facts("near"), facts("both", { authors: ["A"] }), facts("x", { authors: ["A"] }));
    const neighbours = new Map([["near", [{ book: "x", similarity: 0.5 }]], ["both", [{
      book: "x",
      similarity: 0.4,
    }]]]);
    const tastes = tastesOf([row("r", "near"), row("r", "both")]);
    expect(recommend({ ...nothing, tastes, neighbours, facts: books })[0]?.reason.book).toBe("both");
  });

  it("gives no link to a book that the catalogue has removed", () => {
    const neighbours = new Map([["gone", [{ book: "x", similarity: 0.5 }]]]);
    const tastes = tastesOf([row("r", "gone")]);
    expect(recommend({ ...nothing, tastes, neighbours, facts: known(facts("x")) })[0]?.reason).toEqual({
      kind: "because_you",
      text: "Because of your books",
    });
  });
});

describe("recentOf()", () => {
  it("weighs acts of one time alike, whatever their ids, and each step before it less", () => {
    const rows = [row("r", "a", { time: 5 }), row("r", "z", { time: 5 }), row("r", "m", { time: 4 })];
    expect(recentOf(tastesOf(rows)).map(({ taste, weight }) => [taste.book, weight])).toEqual([
      ["a", 4],
      ["z", 4],
      ["m", 0.9 * 4],
    ]);
  });

  it("takes 20 steps, and of books without an order 100 at most", () => {
    const many = (timeOf: (at: number) => number) =>
      tastesOf(Array.from({ length: 300 }, (_, at) => row("r", `b${at}`, { time: timeOf(at) })));
    expect(recentOf(many((at) => at)).length).toBe(20);
    expect(recentOf(many((at) => Math.floor(at / 2))).length).toBe(40);
    expect(recentOf(many(() => 1)).length).toBe(100);
  });

  it("takes 400 neighbours in all: the fewer of each book, the more books there are", () => {
    const of = (books: number) =>
      nearestOfEach(recentOf(tastesOf(Array.from({ length: books }, (_, at) => row("r", `b${at}`)))));
    expect([of(0), of(1), of(20), of(65), of(300)]).toEqual([400, 400, 20, 7, 4]);
  });
});

describe("nearest()", () => {
  it("shrinks by readers as busy as a book's own: all readers ten times busier leave the likeness as it was", () => {
    const of = (units: number) =>
      nearest("a", new Map([["b", 3 * units]]), () => ({ readers: 5, units: 5 * units }), DEFAULT_ENGINE);
    expect(of(1000)).toEqual(of(10_000));
    expect(of(1000)[0]!.similarity).toBeCloseTo(0.6 * 5 / (5 + DEFAULT_ENGINE.shrink), 8);
  });
});

describe("likeness()", () => {
  it("sees series, author and subject in this order, and damps another language", () => {
    const a = facts("a", { title: "Dune (Dune, #1)", authors: ["H"], subjects: ["sf"], language: "en" });
    expect(likeness(a, facts("b", { title: "Messiah (Dune, #2)" }))?.by).toBe("series");
    expect(likeness(a, facts("b", { authors: ["h"], subjects: ["sf"] }))?.by).toBe("author");
    const same = likeness(a, facts("b", { subjects: ["sf"], language: "en" }))!.degree;
    expect(likeness(a, facts("b", { subjects: ["sf"], language: "fr" }))!.degree).toBeLessThan(same);
    expect(likeness(a, facts("b"))).toBeUndefined();
  });

  it("reads the series of a title", () => {
    expect(seriesOf("Dune Messiah (Dune Chronicles #2)")).toBe("Dune Chronicles");
    expect(seriesOf("The Hunger Games (The Hunger Games, #1)")).toBe("The Hunger Games");
    expect(seriesOf("It (1986)")).toBeUndefined();
  });
});

describe("similarBooks()", () => {
  it("puts what readers also chose before what is alike, each with its reason", () => {
    const own = facts("own", { title: "Dune", authors: ["Frank Herbert"], subjects: ["sf"] });
    const books = known(facts("n"), facts("a", { authors: ["Frank Herbert"] }), facts("s", { subjects: ["sf"] }));
    const items = similarBooks(own, [{ book: "n", similarity: 0.4 }], books, 10);
    expect(items.map((item) => [item.book.id, item.reason.kind, item.reason.text])).toEqual([
      ["n", "readers_also", "Readers of Dune also chose it"],
      ["s", "same_subject", "Also about sf"],
      ["a", "same_author", "Also by Frank Herbert"],
    ].sort((a, b) =>
      items.findIndex((item) => item.book.id === a[0]) - items.findIndex((item) => item.book.id === b[0])
    ));
    expect(items[0]?.book.id).toBe("n");
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

  it("lists kept up act by act equal lists made anew from the rows, to the last digit", () => {
    fc.assert(fc.property(acts, (list) => {
      const rows = list.map((act) => row(act.reader, act.book, act));
      const live = new CoOccurrence(DEFAULT_ENGINE);
      const stored = new Map<string, ReturnType<CoOccurrence["list"]>>();
      const soFar = new Map<string, Interaction[]>();
      for (const one of rows) {
        soFar.set(one.reader, [...(soFar.get(one.reader) ?? []), one]);
        live.set(one.reader, soFar.get(one.reader)!);
        for (const book of live.takeTouched(99)) stored.set(book, live.list(book));
      }
      const anew = new CoOccurrence(DEFAULT_ENGINE);
      for (const [reader, own] of [...soFar].reverse()) anew.set(reader, own);
      for (const book of ["a", "b", "c", "d", "e"]) {
        expect(stored.get(book)?.readers ?? 0).toBe(anew.list(book).readers);
      }
      // A book's list also depends on the degrees of its neighbours, which later acts of others may change.
      for (const book of ["a", "b", "c", "d", "e"]) expect(live.list(book)).toEqual(anew.list(book));
    }));
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
