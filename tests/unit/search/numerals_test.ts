import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createMemoryWebStore } from "@/adapters/memory/web/web_store.ts";
import { searchBooks } from "@/application/catalog/search/search_books.ts";
import { suggestBooks } from "@/application/catalog/search/suggestions/suggest_books.ts";
import { numberForms } from "@/domain/catalog/search/query/number_words.ts";
import { otherNumerals } from "@/domain/catalog/search/query/numerals.ts";
import { book } from "@/tests/support/samples.ts";

const TITLES = {
  words: "Seventeen Eighty-Six",
  digits: "1786",
  fathoms: "Thirty Thousand Fathoms Down",
  islands: "30,000 Islands",
  hatch: "Hatch-33",
  lamps: "The Thousand and One Lamps",
  german: "Dreißigtausend Inseln",
  french: "Trente mille îles",
  ordinal: "The Fifth Lamp",
};

async function catalogue() {
  const store = createMemoryWebStore();
  await store.uow.run(async ({ books }) => {
    for (const [id, title] of Object.entries(TITLES)) {
      await books.save(book(id, { title, popularity: id === "words" ? 1_000_000 : 0 }));
    }
  });
  return store;
}

describe("otherNumerals()", () => {
  it("writes numbers of several words in digits, and digits in words, in each way that is usual", () => {
    const cases: [text: string, others: string[]][] = [
      ["hatch thirty three", ["hatch 33"]],
      ["nineteen eighty four", ["1984", "19 84"]],
      ["nineteen oh five", ["1905", "19 05"]],
      ["nineteen hundred", ["1900"]],
      ["two thousand and one", ["2001"]],
      ["a hundred days", ["100 days"]],
      ["ten twenty two sixty three", ["10 22 63"]],
      ["33", ["thirty three"]],
      ["100 days", ["one hundred days", "hundred days"]],
      ["451", ["four fifty one", "four hundred and fifty one", "four hundred fifty one"]],
      ["1984", ["nineteen eighty four"]],
      ["1905", ["nineteen oh five"]],
      ["2020", ["twenty twenty", "two thousand and twenty", "two thousand twenty"]],
      ["20000", ["twenty thousand", "vingt mille", "veinte mil"]],
      ["1000000", ["one million", "million"]],
    ];
    for (const [text, others] of cases) expect([text, otherNumerals(text)]).toEqual([text, others]);
  });

  it("leaves what is too much for a number", () => {
    for (const count of [8, 200]) expect(otherNumerals("hundred ".repeat(count).trim())).toEqual([]);
  });

  it("leaves a text without such numbers, and a word whose other form is a word", () => {
    for (const text of ["the three lamps", "80 lamps", "sand and a hand", "9780441013593", "0", ""]) {
      expect([text, otherNumerals(text)]).toEqual([text, []]);
    }
  });
});

describe("numberForms()", () => {
  it("has the word for digits and the digits for a word, in several languages, and ordinal numbers", () => {
    const pairs = [["7", "seven"], ["5th", "fifth"], ["80", "achtzig"], ["1984", "neunzehnhundertvierundachtzig"]];
    for (const [digits, word] of [...pairs, ["20000", "zwanzigtausend"], ["100", "cien"], ["80", "quatrevingts"]]) {
      expect(numberForms(digits!)).toContain(word);
      expect(numberForms(word!)).toContain(digits);
    }
  });

  it("takes no word of another meaning for a number", () => {
    for (const word of ["elf", "once", "ein", "wolf", "tausendfach", ""]) expect(numberForms(word)).toEqual([]);
  });
});

describe("searchBooks()", () => {
  it("finds a number in words by its digits, and the other way, below the number as it was typed", async () => {
    const { search } = await catalogue();
    const idsOf = async (typed: string) => (await searchBooks(search, typed)).ranked.map(({ id }) => id);
    expect(await idsOf("1786")).toEqual(["digits", "words"]);
    expect(await idsOf("seventeen eighty six")).toEqual(["words", "digits"]);
    expect(await idsOf("30000 fathoms")).toEqual(["fathoms"]);
    expect(await idsOf("30 000 fathoms")).toEqual(["fathoms"]);
    expect(await idsOf("thirty thousand islands")).toEqual(["islands"]);
    expect(await idsOf("hatch thirty three")).toEqual(["hatch"]);
    expect(await idsOf("1001 lamps")).toEqual(["lamps"]);
    expect(await idsOf("30000 inseln")).toEqual(["german"]);
    expect(await idsOf("30000 îles")).toEqual(["french"]);
    expect(await idsOf("the 5th lamp")).toEqual(["ordinal"]);
    expect((await searchBooks(search, '"30000 fathoms"')).relaxed).toBe(true);
  });

  it("puts the spelling that is being typed first in the middle of a later word too", async () => {
    const store = createMemoryWebStore();
    await store.uow.run(async ({ books }) => {
      await books.save(book("digits", { title: "2nd Harbour", popularity: 90_000 }));
      await books.save(book("words", { title: "Second Harbour" }));
    });
    expect((await searchBooks(store.search, "second harb")).ranked.map(({ id }) => id)).toEqual(["words", "digits"]);
  });

  it("puts what has a word as it was typed first, however popular what has it as a number", async () => {
    const store = createMemoryWebStore();
    await store.uow.run(async ({ books }) => {
      const authors = ["Ivy Compton"];
      await books.save(book("digits", { title: "1st Harbour", authors, popularity: 900_000 }));
      await books.save(book("roman", { title: "Harbour Tale II", authors, popularity: 900_000 }));
      await books.save(book("words", { title: "Many Long Rows of First Trees and Two Hills", authors }));
    });
    const idsOf = async (typed: string) => (await searchBooks(store.search, typed)).ranked.map(({ id }) => id);
    expect(await idsOf("compton first")).toEqual(["words", "digits"]);
    expect(await idsOf("compton two")).toEqual(["words", "roman"]);
  });

  it("marks a number in the other spelling as no slip", async () => {
    const { search } = await catalogue();
    const { ranked, relaxed, suggestion } = await searchBooks(search, "hatch thirty three");
    expect([ranked[0]!.why.slips, relaxed, suggestion]).toEqual([0, false, undefined]);
    expect(ranked[0]!.why.exact).toBeGreaterThan(0);
  });
});

describe("suggestBooks()", () => {
  it("completes a number in the other spelling too", async () => {
    const { search, shelf } = await catalogue();
    const textsOf = async (typed: string) => (await suggestBooks({ search, shelf }, typed, 5)).map(({ text }) => text);
    expect(await textsOf("30000 fath")).toEqual([TITLES.fathoms]);
    expect(await textsOf("1786")).toEqual([TITLES.digits, TITLES.words]);
  });
});
