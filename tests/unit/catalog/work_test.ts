import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { editionsBy, foldEditions, workOf, worksOf } from "@/domain/catalog/work.ts";
import { book } from "@/tests/support/samples.ts";

type Fields = Parameters<typeof book>[1];
const work = (title: string, author = "Ida Sample", fields: Fields = {}) =>
  workOf(book(title, { title, authors: [author], ...fields }));

describe("workOf()", () => {
  it("is the same for editions: other case, signs, series and subtitles, the author's words in any order", () => {
    const one = work("The Salt Lantern");
    for (
      const [title, author, fields] of [
        ["THE SALT LANTERN", "IDA SAMPLE"],
        ["The Salt Lantern (Harbour Cycle, #2)", "Sample, Ida"],
        ["The Salt Lantern (Large Print) [hardcover]"],
        ["The Salt Lantern: A Novel"],
        ["The Salt Lantern - a story of the sea"],
        ["The Salt Lantern; or, The Keeper's Tale"],
        ["The Salt Lantern, or the Keeper's Tale"],
        ["The Salt Lantern", "Ida Sample", {
          subtitle: "Part one of nothing",
          series: "Harbour Cycle",
          series_number: "2",
        }],
        ["The Salt Lantern", "Ida Sample", { authors: ["Ida Sample", "Per Lund"], language: "no", year: 1999 }],
      ] as [string, string?, Fields?][]
    ) expect([title, work(title, author, fields)]).toEqual([title, one]);
  });

  it("is each book's own, whatever books alike were asked for before", () => {
    const saga = { title: "Saga", authors: ["Ida Sample"], series: "Saga", series_number: "2", work_id: "w1" };
    const { work_id: _, ...known } = saga;
    const nobodys = { title: "Saga", authors: [] };
    const keys = [
      book("saga", saga),
      book("saga", { ...saga, work_id: "w2" }),
      book("saga", known),
      book("saga", { ...known, series_number: "3" }),
      book("saga", { ...known, series: "Another" }),
      book("saga", { ...known, title: "Edda" }),
      book("saga", { ...known, authors: ["Per Lund"] }),
      book("saga", nobodys),
      book("edda", nobodys),
    ].map((one) => worksOf(one).join(" "));
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("is another one for other books: volumes, parts, telling subtitles, other authors", () => {
    const titles = [
      "Saga (Saga, #2)",
      "Saga (Saga, #3)",
      "Saga (Saga, #1-3)",
      "Saga (Long Series, #4: Part 2 of 2)",
      "Saga",
      "Saga: Year One",
      "Saga: The Return",
      "Saga: A Graphic Novel",
      "Saga: An Uncommon Dialogue, Book 2",
    ];
    const all = [...titles.map((title) => work(title)), work("Saga", "Per Lund")];
    expect(new Set(all).size).toBe(all.length);
    for (const one of ["Saga (Saga, #1)", "(Saga)"]) expect([one, work(one)]).toEqual([one, work("Saga")]);
  });

  it("goes by the source's id of the work where there is one; a book without an author is alone", () => {
    expect(work("Das Meer", "Ida Sample", { work_id: "W1" })).toBe(work("The Sea", "I. Sample", { work_id: "W1" }));
    expect(work("The Sea", "Ida Sample", { work_id: "W1" })).not.toBe(work("The Sea", "Ida Sample"));
    const [one, two] = ["a", "b"].map((id) => workOf(book(id, { title: "Poems", authors: [] })));
    expect(one).not.toBe(two);
  });

  it("is 16 hex digits of which none are alike for many titles", () => {
    const all = new Set(Array.from({ length: 50_000 }, (_, at) => work(`Title ${at}`)));
    expect([all.size, [...all].every((key) => /^[0-9a-f]{16}$/.test(key))]).toEqual([50_000, true]);
  });
});

describe("editionsBy()", () => {
  const keys = (authors: string[], work_id?: string) =>
    worksOf(book("a", { title: "Omens", authors, ...(work_id === undefined ? {} : { work_id }) }));
  const areEditions = (one: readonly string[], other: readonly string[]) =>
    [[one, other], [other, one]].map(([a, b]) => editionsBy(a!).some((key) => b!.includes(key)));

  it("is met by a book with a shared author, in both directions, and by no book with another id of its work", () => {
    const [ida, both, per] = [keys(["Ida Sample"]), keys(["Per Lund", "Sample, Ida"]), keys(["Per Lund"])];
    for (const [one, other] of [[ida, both], [both, per], [ida, keys(["Ida Sample"], "W1")]] as const) {
      expect(areEditions(one, other)).toEqual([true, true]);
    }
    for (const [one, other] of [[ida, per], [keys(["Ida Sample"], "W1"), keys(["Ida Sample"], "W2")]] as const) {
      expect(areEditions(one, other)).toEqual([false, false]);
    }
    expect(areEditions(keys(["Ida Sample"], "W1"), keys(["Per Lund"], "W1"))).toEqual([true, true]);
  });
});

describe("foldEditions()", () => {
  it("keeps what is no edition of one before it, and all of which no work is known", () => {
    const items = ["a", "", "b c", "a", "", "c", "d", "w di", "v bi"].map((work, at) => ({ work, at }));
    expect(foldEditions(items).map(({ at }) => at)).toEqual([0, 1, 2, 4, 6]);
    const turned = ["c", "b c", "b"].map((work, at) => ({ work, at }));
    expect(foldEditions(turned).map(({ at }) => at)).toEqual([0, 2]);
  });
});
