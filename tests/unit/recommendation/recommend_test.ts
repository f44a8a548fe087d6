import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import fc from "fast-check";
import { INTERACTIONS, tastesOf } from "@/domain/recommendation/interaction.ts";
import { type BookFacts, likeness, seriesOf } from "@/domain/recommendation/likeness.ts";
import type { ReaderSearch, Taste } from "@/domain/recommendation/interaction.ts";
import type { Neighbour } from "@/domain/recommendation/neighbours.ts";
import { BookIndex } from "@/domain/recommendation/book_index.ts";
import { compareWith } from "@/domain/recommendation/alike.ts";
import { recommend as recommendIndexed } from "@/domain/recommendation/recommend.ts";
import { DEFAULT_SETTINGS } from "@/domain/recommendation/settings.ts";
import { similarBooks as similarIndexed } from "@/domain/recommendation/similar.ts";
import { interaction as row } from "@/tests/support/recommendation/interactions.ts";

const facts = (id: string, fields: Partial<BookFacts> = {}): BookFacts => ({
  id,
  title: `T-${id}`,
  authors: [`author ${id}`],
  subjects: [],
  popularity: 0,
  ...fields,
});
const known = (...books: BookFacts[]) => new Map(books.map((book) => [book.id, book]));
const indexOf = (books: Map<string, BookFacts>) => {
  const index = new BookIndex();
  for (const book of books.values()) index.put(book);
  return index;
};
const indexed = (index: BookIndex, neighbours: Neighbour[], readers = 0) => ({
  books: neighbours.map(({ book }) => index.numberOf(book)),
  similarities: neighbours.map(({ similarity }) => similarity),
  readers,
});

type Input = {
  tastes: Taste[];
  knownWorks: Set<string>;
  neighbours: Map<string, Neighbour[]>;
  /** How many chose each of the reader's books. */
  readers?: number;
  searches: ReaderSearch[];
  lately: Neighbour[];
  popular: { book: string; readers: number }[];
  facts: Map<string, BookFacts>;
  limit: number;
};
/** All books may be alike. */
function recommend({ facts, neighbours, readers, lately, popular, ...rest }: Input) {
  const index = indexOf(facts);
  return recommendIndexed({
    ...rest,
    index,
    neighbours: new Map([...neighbours].map(([book, its]) => [book, indexed(index, its, readers)])),
    nearest: 400,
    lately: indexed(index, lately),
    arrivals: [],
    settings: DEFAULT_SETTINGS,
    popular: popular.map(({ book }) => index.numberOf(book)),
    alike: [[...facts.keys()].map((id) => index.numberOf(id))],
  });
}

function similarBooks(own: BookFacts, neighbours: Neighbour[], books: Map<string, BookFacts>, limit: number) {
  const index = indexOf(known(own, ...books.values()));
  const alike = [[...books.keys()].map((id) => index.numberOf(id))];
  return similarIndexed({ index, own: index.bookOf(own.id)!, neighbours: indexed(index, neighbours), alike, limit });
}

const nothing = {
  knownWorks: new Set<string>(),
  neighbours: new Map(),
  lately: [],
  searches: [],
  popular: [],
  limit: 10,
};

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
    const books = known(facts("p"), facts("s"), facts("now"));
    const searches = [{ reader: "r", normal: "dune", query: "Dune", books: ["s"], time: 1 }];
    const popular = [{ book: "p", readers: 3 }];
    const lately = [{ book: "now", similarity: 1 }];
    const items = recommend({ ...nothing, tastes: [], searches, lately, popular, facts: books });
    expect(items.map((item) => [item.book.id, item.reason.kind, item.reason.text])).toEqual([
      ["s", "because_you_searched", "Because you searched “Dune”"],
      ["now", "popular", "Chosen by readers lately"],
      ["p", "popular", "Popular with readers"],
    ]);
  });

  it("counts what all chose lately, and books alike, the less the more readers chose the reader's books", () => {
    const books = known(
      facts("own", { authors: ["A"] }),
      facts("near"),
      facts("now"),
      facts("same author", { authors: ["A"] }),
    );
    const listed = (readers: number) =>
      recommend({
        ...nothing,
        tastes: tastesOf([row("r", "own")]),
        neighbours: new Map([["own", [{ book: "near", similarity: 0.25 }]]]),
        readers,
        lately: [{ book: "now", similarity: 1 }],
        facts: books,
      });
    expect(listed(2).map(({ book, reason }) => [book.id, reason.text])).toEqual([
      ["same author", "Because you read T-own"],
      ["near", "Because you read T-own"],
      ["now", "Chosen by readers lately"],
    ]);
    expect(listed(200).map(({ book }) => book.id)).toEqual(["near", "same author", "now"]);
    const share = (readers: number) => listed(readers).find(({ book }) => book.id === "now")!.score;
    expect(share(0) / share(5)).toBeCloseTo(2, 5);
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

describe("compareWith()", () => {
  const a = facts("a", { series: "S", authors: ["H"], subjects: ["sf", "sand"], language: "en" });
  const degreesOf = (fields: Partial<BookFacts>) => {
    const index = indexOf(known(facts("other", { subjects: ["sf"] }), a, facts("b", fields)));
    const compared = compareWith([{ book: "other", weight: 1 }, { book: "a", weight: 2 }], index);
    return Math.round(1e4 * compared.degrees(index.find("b")!)[1]!) / 1e4;
  };

  it("adds series, author and the part of subjects that both have, and damps another language", () => {
    expect(degreesOf({ series: "s", authors: ["h"], subjects: ["SF", "sand"] })).toBe(1);
    expect(degreesOf({ authors: ["h"] })).toBe(0.35);
    expect(degreesOf({ subjects: ["sf", "sea"] })).toBe(0.0833);
    expect(degreesOf({ authors: ["h"], language: "en" })).toBe(0.35);
    expect(degreesOf({ authors: ["h"], language: "fr" })).toBe(0.21);
    expect(degreesOf({})).toBe(0);
  });

  it("gives points by weight, none to a compared book for being itself, and knows the last of many compared", () => {
    const many = Array.from({ length: 31 }, (_, at) => facts(`c${at}`, { subjects: [`subject ${at}`] }));
    const b = facts("b", { subjects: ["subject 30"] });
    const index = indexOf(known(...many, b));
    const { points } = compareWith(many.map(({ id }) => ({ book: id, weight: 3 })), index);
    expect(points(index.find("b")!)).toBe(0.75);
    expect(points(index.find("c7")!)).toBe(0);
  });
});

describe("likeness()", () => {
  it("sees series, author and subject in this order", () => {
    const a = facts("a", { title: "Dune (Dune, #1)", authors: ["H"], subjects: ["sf"], language: "en" });
    expect(likeness(a, facts("b", { title: "Messiah (Dune, #2)" }))?.by).toBe("series");
    expect(likeness(a, facts("b", { authors: ["h"], subjects: ["sf"] }))?.by).toBe("author");
    expect(likeness(a, facts("b", { subjects: ["SF"], language: "fr" }))).toEqual({ by: "subject", what: "sf" });
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
