import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { acronymsOf } from "@/domain/catalog/search/acronym.ts";
import { otherNumbers } from "@/domain/catalog/spelling/inflection.ts";
import { askedFor } from "@/domain/catalog/search/query/question.ts";
import { readQuery } from "@/domain/catalog/search/query/search_query.ts";
import { segmentsOf } from "@/domain/catalog/search/query/segments.ts";
import { soundOf } from "@/domain/catalog/spelling/sound.ts";
import { book } from "@/tests/support/samples.ts";

describe("askedFor()", () => {
  it("is what a question asks for, in several languages", () => {
    const questions = [
      "Who wrote Emma?",
      "author of Emma",
      "who's the author of Emma",
      "books by Emma",
      "a book about Emma",
      "When was Emma written?",
      "Wer hat Emma geschrieben?",
      "qui a écrit Emma",
      "¿Quién escribió Emma?",
    ];
    expect(questions.map(askedFor)).toEqual(questions.map(() => "Emma"));
    expect(["Emma", "the writer", "bookshops by the sea"].map(askedFor)).toEqual([undefined, undefined, undefined]);
  });
});

describe("acronymsOf()", () => {
  it("are those of a title, a series and an author, with and without an article, and of no two words but a series", () => {
    const one = book("a", {
      title: "The Colour of Old Rain: A Life",
      series: "Salt Bay",
      authors: ["Ann B.C. Dale", "Other Old Name"],
    });
    expect(acronymsOf(one).toSorted()).toEqual(["^abcd", "^coor", "^sb", "^tcoor"]);
    expect(acronymsOf(book("b", { title: "Salt Bay", authors: ["Ann Dale"] }))).toEqual([]);
  });
});

describe("soundOf()", () => {
  it("is equal for spellings of one name, and empty for letters that it does not know", () => {
    for (
      const [one, other] of [["steven", "stephen"], ["jon", "john"], ["kathryn", "catherine"], ["night", "knight"]]
    ) {
      expect(soundOf(one!)).toBe(soundOf(other!));
    }
    expect(soundOf("mark")).not.toBe(soundOf("mary"));
    expect(soundOf("война")).toBe("");
  });
});

describe("otherNumbers()", () => {
  it("has the word for one and for many", () => {
    for (const [one, many] of [["fly", "flies"], ["mouse", "mice"], ["wolf", "wolves"], ["lamp", "lamps"]]) {
      expect(otherNumbers(one!)).toContain(many);
      expect(otherNumbers(many!)).toContain(one);
    }
  });
});

describe("segmentsOf()", () => {
  it("prefers few and common words, and takes none of one or two letters that says something", () => {
    const counts = new Map(
      Object.entries({ gone: 40, with: 900, the: 1_000, wind: 50, win: 5, go: 30, new: 90, q: 9 }),
    );
    expect(segmentsOf("gonewiththewind", counts, 3)[0]).toEqual(["gone", "with", "the", "wind"]);
    expect(segmentsOf("thewin", counts, 3)).toEqual([["the", "win"]]);
    expect(segmentsOf("windq", counts, 3)).toEqual([]);
  });
});

describe("readQuery()", () => {
  it("reads what was pasted from an address, and leaves a percent sign that is none", () => {
    expect(readQuery("the%20dark%C3%A9+sea").words.map(({ text }) => text)).toEqual(["the", "darke", "sea"]);
    expect(readQuery("100%ff").words.map(({ text }) => text)).toEqual(["100", "ff"]);
  });

  it("reads an ISBN that has lost its 0, and no other number of nine digits", () => {
    expect(readQuery("306406152").isbn13).toBe("9780306406157");
    expect(readQuery("ISBN 306406152").isbn13).toBe("9780306406157");
    expect(readQuery("306406153").isbn13).toBe(undefined);
  });

  it("takes a name with signs as it was typed", () => {
    expect(readQuery("c++").words).toMatchObject([{ text: "cpp", quoted: true, prefix: false }]);
  });
});
