import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { rankBook, rankBooks } from "@/domain/catalog/search/ranking/rank_books.ts";
import { raisePopular } from "@/domain/catalog/search/ranking/raise_popular.ts";
import { type Reading, totalOf } from "@/domain/catalog/search/ranking/score_book.ts";
import { documentText, readDocument } from "@/domain/catalog/search/search_document.ts";
import type { Term } from "@/domain/catalog/search/search_term.ts";
import { readQuery } from "@/domain/catalog/search/query/search_query.ts";
import { book } from "@/tests/support/samples.ts";

type Sample = ReturnType<typeof book>;

/** The query as typed; `slips`: words of the catalogue that stand for a typed one. */
function rank(
  typed: string,
  books: Sample[],
  slips: Record<string, string> = {},
  { acts = {}, term = {} }: { acts?: Record<string, number>; term?: Partial<Term> } = {},
) {
  const query = readQuery(typed);
  const terms = query.words.map(({ text, prefix, field }) => ({
    tokens: slips[text] === undefined ? new Map([[text, 1]]) : new Map([[text, 1], [slips[text], 0.68]]),
    weight: 1,
    ...(prefix ? { prefix: text } : {}),
    ...(field === undefined ? {} : { field }),
    ...term,
  }));
  const reading: Reading = { terms, quality: 1, any: false };
  return rankBooks(
    query,
    [reading],
    books.map((one) =>
      readDocument(one.id, { popularity: one.popularity, acts: acts[one.id] ?? 0 }, documentText(one))
    ),
  );
}
const ids = (typed: string, books: Sample[], slips?: Record<string, string>) =>
  rank(typed, books, slips).map(({ id }) => id);
const why = (typed: string, one: Sample, slips?: Record<string, string>) => rank(typed, [one], slips)[0]!.why;

describe("rankBooks()", () => {
  it("puts the exact title before a more popular one that only begins so, with or without its series", () => {
    const books = [
      book("long", { title: "It Ends with Us", popularity: 90_000 }),
      book("it", { title: "It", popularity: 5 }),
    ];
    expect(ids("it", books)).toEqual(["it", "long"]);
    const series = [book("s", { title: "Dune (Dune #1)" }), book("m", { title: "Dune Messiah", popularity: 90_000 })];
    expect(ids("dune", series)).toEqual(["s", "m"]);
  });

  it("weighs title over author over subject, a whole word over the start of one", () => {
    const books = [
      book("subject", { title: "A", subjects: ["love"] }),
      book("author", { title: "B", authors: ["Ann Love"] }),
      book("title", { title: "Of Love and War" }),
      book("start", { title: "The Lovers" }),
    ];
    expect(ids("love", books)).toEqual(["title", "start", "author", "subject"]);
  });

  it("lets popularity decide between equal matches, then the id", () => {
    const books = ["c", "a", "b"].map((id) => book(id, { title: "Same", popularity: id === "b" ? 10 : 0 }));
    expect(ids("same", books)).toEqual(["b", "a", "c"]);
  });

  it("lets what readers do decide between equal matches, never against a better one", () => {
    const books = [book("a", { title: "Same" }), book("b", { title: "Same" }), book("c", { title: "Same Old" })];
    const byActs = (acts: Record<string, number>) => rank("same", books, {}, { acts }).map(({ id }) => id);
    expect(byActs({ b: 1 })).toEqual(["b", "a", "c"]);
    expect(byActs({ c: 10 ** 9 })).toEqual(["a", "b", "c"]);
    expect(rank("same", books, {}, { acts: { b: 10 ** 9 } })[0]!.why.acts).toBe(2);
  });

  it("puts a title that starts with what is typed first, also in the middle of a word", () => {
    const compass = book("compass", { title: "The Golden Compass (His Dark Materials, #1)", popularity: 900_000 });
    const tower = book("tower", { title: "The Dark Tower", popularity: 10 });
    expect(ids("the dark t", [compass, tower])[0]).toBe("tower");
    expect(why("the dark t", tower)).toMatchObject({ start: 15, exact: 0 });
  });

  it("puts a far more popular title before a shorter one in the middle of its first word, with an article or without", () => {
    const books = [
      book("short", { title: "Lantern", popularity: 90_000 }),
      book("famous", { title: "The Lantern Keepers", popularity: 9_000_000 }),
      book("alike", { title: "The Lantern Makers", popularity: 90_000 }),
    ];
    const begun = (typed: string, some: Sample[]) => raisePopular(rank(typed, some, {}, { term: { whole: false } }));
    const ranked = begun("lant", books);
    expect(ranked.map(({ id }) => id)).toEqual(["famous", "short", "alike"]);
    expect(ranked.every(({ score, why }) => Math.abs(score - totalOf(why)) < 1e-9)).toBe(true);
    expect(ranked[0]!.score - ranked[1]!.score).toBeCloseTo(0.01);
    expect(begun("lantern", books)[0]!.id).toBe("short");
    const middling = book("middling", { title: "The Lantern Keepers", popularity: 800_000 });
    expect(begun("lant", [books[0]!, middling])[0]!.id).toBe("short");
  });

  it("takes a title for one that is typed without its article", () => {
    const books = [
      book("other", { title: "A Lantern for the Keeper", popularity: 90_000 }),
      book("whole", { title: "The Keeper" }),
    ];
    expect(ids("keeper", books)).toEqual(["whole", "other"]);
    expect(why("keeper", books[1]!).start).toBe(15);
  });

  it("puts a book of an author before a collection, whose title often has the author's name", () => {
    const one = book("one", { title: "The Keep", authors: ["Anna Sample"] });
    for (const title of ["Anna Sample 3-Book Boxed Set", "Anna Sample Box Set", "The Sample Omnibus"]) {
      expect(ids("sample", [book("set", { title, authors: ["Anna Sample"] }), one])).toEqual(["one", "set"]);
    }
    const poems = book("poems", { title: "Poems of Anna Sample", authors: ["Anna Sample"] });
    expect(ids("sample", [one, poems])).toEqual(["poems", "one"]);
    const volumes = book("volumes", { title: "Old Keeps (Keeps, #1-3)", authors: ["Anna Sample"], popularity: 9_000 });
    expect(ids("anna sample", [volumes, one])).toEqual(["one", "volumes"]);
    expect(why("old keeps", volumes).collection).toBe(0);
  });

  it("puts the bare title above a series in brackets", () => {
    const first = book("first", { title: "Egg (The Inheritor Cycle, #1)", authors: ["C. Writer"], popularity: 90_000 });
    const fourth = book("fourth", { title: "Inheritor (The Inheritor Cycle, #4)", authors: ["C. Writer"] });
    expect(ids("writer inheritor", [first, fourth])).toEqual(["fourth", "first"]);
  });

  it("counts words that stand together in the order in which they were typed", () => {
    const apart = book("apart", { title: "Stones of the Rolling Hills" });
    const together = book("together", { title: "Old Rolling Stones" });
    expect(ids("rolling stones", [apart, together])).toEqual(["together", "apart"]);
    expect(why("rolling stones", together).near).toBe(8);
  });

  it("puts a title with all telling words that were typed before one with others beside them, in any order", () => {
    const hounds = [
      book("case", { title: "The Case of the Hound of the Baskervilles", popularity: 90_000 }),
      book("hound", { title: "The Hound of the Baskervilles" }),
    ];
    expect(ids("hound baskervilles", hounds)).toEqual(["hound", "case"]);
    const storms = [
      book("red", { title: "Red Storm Rising", popularity: 90_000 }),
      book("rising", { title: "Rising Storm" }),
    ];
    expect(ids("storm rising", storms)).toEqual(["rising", "red"]);
    const islands = [
      book("blue", { title: "Island of the Blue", popularity: 90_000 }),
      book("the", { title: "The Island" }),
    ];
    expect(ids("Island, The", islands)).toEqual(["the", "blue"]);
    // While a word is typed, nobody knows that the title ends with it.
    expect(why("storm risi", storms[1]!).exact).toBe(0);
    expect(why("rising storm", storms[1]!).exact).toBe(40);
  });

  it("puts what was typed before what was perhaps meant, and takes a title with slips for the title", () => {
    const drop = book("drop", { title: "The Short Drop", popularity: 1 });
    const shot = book("shot", { title: "Drop Shot", popularity: 90_000 });
    expect(ids("drop short", [drop, shot], { short: "shot" })).toEqual(["drop", "shot"]);
    expect(why("drop short", shot, { short: "shot" }).slips).toBeLessThan(0);
    expect(why("drop short", shot, { short: "shot" }).exact).toBeGreaterThan(20);
  });

  it("puts a book by somebody before one about them", () => {
    const by = book("by", { title: "Under the Roof", authors: ["Anna Q. Sample"] });
    const about = book("about", { title: "The Letters of Anna Q. Sample", authors: ["B. Other"], popularity: 90_000 });
    expect(ids("anna q. sample", [about, by])).toEqual(["by", "about"]);
    expect(why("anna q. sample", by).author).toBe(18);
  });

  it("puts a book by somebody with a word in its title before one about them, however popular", () => {
    const by = book("by", { title: "The Keep", authors: ["Anna Sample"], popularity: 10 });
    const about = book("about", { title: "Anna Sample's The Keep", authors: ["B. Other"], popularity: 9_000 });
    expect(ids("sample keep", [about, by])).toEqual(["by", "about"]);
    expect(why("sample keep", by).author).toBe(5);
    expect(why("anna keep", by).author).toBe(0);
  });

  it("puts a book by somebody before one about them that has all words in a row", () => {
    const books = [
      book("about", { title: "Essays on Compton Harbour Walls", authors: ["Zoe Tallis"] }),
      book("by", { title: "The Harbour of Rain", authors: ["Ivy Compton"] }),
    ];
    expect(ids("compton harbour", books)).toEqual(["by", "about"]);
  });

  it("takes one telling word for a whole title only where nothing but an article in front is missing", () => {
    const books = [
      book("of", { title: "The Book of Harbour" }),
      book("it", { title: "The It Harbour" }),
      book("start", { title: "The Harbour on the Other Side of Rain" }),
    ];
    expect(ids("the harbour", books)[0]).toBe("start");
    expect(why("compton harbour", book("article", { title: "The Harbour", authors: ["Ivy Compton"] })).exact)
      .toBeGreaterThan(0);
    expect(why("book of harbour", books[0]!).exact).toBeGreaterThan(0);
  });

  it("takes a word for finished when a space stands behind it, and its title for one that goes on", () => {
    const books = [
      book("longer", { title: "Saltings by the Sea" }),
      book("article", { title: "The Salt", popularity: 900_000 }),
      book("title", { title: "Salt Rain" }),
    ];
    expect(ids("salt ", books)).toEqual(["title", "article"]);
    expect(ids("salt", books)).toEqual(["article", "title", "longer"]);
  });

  it("takes a family name, a comma and given names for a name", () => {
    const one = book("one", { title: "Roof", authors: ["Anna B. Sample"] });
    expect(why("sample, anna", one).author).toBe(0);
    expect(why("sample, anna", { ...one, authors: ["Anna Sample"] }).author).toBe(18);
    expect(why("sample anna", { ...one, authors: ["Anna Sample"] }).author).toBe(0);
  });

  it("takes a book whose title names its own author for one by that author", () => {
    const poems = book("poems", { title: "Selected Poems of Anna Sample", authors: ["Anna Sample"] });
    expect(why("sample selected", poems).author).toBe(5);
    expect(why("sample selected", { ...poems, authors: ["B. Other"] }).author).toBe(0);
    expect(why("anna selected", poems).author).toBe(0);
  });

  it("takes a family name for more than a given name, and the first author for more than a later one", () => {
    const family = book("family", { title: "Moon and Snow", authors: ["Jess Day George"] });
    const given = book("given", { title: "Steel and Snow", authors: ["George Other"], popularity: 90_000 });
    expect(ids("george snow", [given, family])).toEqual(["family", "given"]);
    const first = book("first", { title: "Silver Sea", authors: ["Tad Miller"] });
    const later = book("later", { title: "Silver Lake", authors: ["Ann Other", "Bo Miller"] });
    expect(ids("miller silver", [later, first])).toEqual(["first", "later"]);
  });

  it("finds a whole name behind another of the same family name", () => {
    const one = book("one", { title: "Woods", authors: ["Owen Smith", "Stephen Smith"] });
    expect(why("stephen smith", one).author).toBe(18);
  });

  it("puts words beside each other in the other order before those that stand apart", () => {
    const beside = book("beside", { title: "The Complete Short Stories" });
    const apart = book("apart", { title: "Short Tales of the Whole and Complete" });
    expect(ids("short complete", [apart, beside])).toEqual(["beside", "apart"]);
    expect(why("short complete", beside).near).toBeCloseTo(3.2);
  });

  it("keeps popularity within its bound", () => {
    expect(why("same", book("a", { title: "Same", popularity: Number.MAX_SAFE_INTEGER })).popularity).toBe(4);
  });

  it("looks for a word in its field only, and leaves out books with an excluded word or without a phrase", () => {
    const books = [
      book("title", { title: "King", authors: ["Ann Queen"] }),
      book("author", { title: "Queen", authors: ["Stephen King"] }),
    ];
    expect(ids("author:king", books)).toEqual(["author"]);
    expect(ids("title:king", books)).toEqual(["title"]);
    expect(ids("king -stephen", books)).toEqual(["title"]);
    expect(ids('"stephen king"', books)).toEqual(["author"]);
    expect(ids("king -title:king", books)).toEqual(["author"]);
  });
});

describe("readQuery()", () => {
  it("reads operators, and takes what is none for words", () => {
    expect(readQuery("author:tolkien ring").words).toEqual([
      { text: "tolkien", forms: [], field: "author", prefix: false, quoted: false },
      { text: "ring", forms: [], prefix: true, quoted: false },
    ]);
    expect(readQuery("colour:red").words.map(({ text }) => text)).toEqual(["colour", "red"]);
    expect(readQuery("isbn: 0-441-01359-7").isbn13).toBe("9780441013593");
    expect(readQuery("-only -minus").words.map(({ text }) => text)).toEqual(["only", "minus"]);
    for (const odd of ['"', '"""', "author:", "-", ":", 'title:"', "( [ {", "a-", "-a-b-"]) {
      expect(readQuery(odd).without).toEqual([]);
    }
  });
});

describe("rankBook()", () => {
  it("gives the same, however its readings are cut in two", () => {
    const query = readQuery("dune messiah");
    const reading = (texts: string[], quality: number): Reading => ({
      terms: texts.map((text) => ({ tokens: new Map([[text, 1]]), weight: 1 })),
      quality,
      any: false,
    });
    const readings = [
      reading(["dune"], 0.9),
      reading(["emperor"], 1),
      reading(["dune", "messiah"], 1),
      reading(["messiah"], 1),
    ];
    for (const title of ["Dune Messiah", "Dune", "The Messiah", "Emma"]) {
      const one = book(title, { title });
      const document = readDocument(one.id, { popularity: 0, acts: 0 }, documentText(one));
      const whole = rankBook(query, readings, document);
      for (let cut = 0; cut <= readings.length; cut++) {
        const before = rankBook(query, readings.slice(0, cut), document);
        expect(rankBook(query, readings.slice(cut), document, { before })).toEqual(whole);
      }
      expect(whole === undefined).toBe(title === "Emma");
    }
  });
});
