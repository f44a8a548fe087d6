import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createRandom } from "@/application/shared/random.ts";
import { makeCases } from "@/tests/quality/search/cases.ts";
import { measure } from "@/tests/quality/search/measure.ts";
import { joinOrSplit, mistype } from "@/tests/quality/search/mistakes.ts";
import { book } from "@/tests/support/samples.ts";

const BOOKS = [
  book("a", { title: "The Café of Lost Time (Cafés, #1)", authors: ["Paul Example"] }),
  book("b", { title: "The Mountain Railway", authors: ["Anna Sample"] }),
];

describe("quality search", () => {
  it("draws the same queries from the same seed, and others from another", () => {
    const queries = (seed: number) =>
      JSON.stringify([...makeCases(BOOKS, 2, createRandom(seed))].map(([name, list]) => [
        name,
        list.map(({ query }) => query),
      ]));
    expect(queries(1)).toBe(queries(1));
    expect(queries(1)).not.toBe(queries(2));
  });

  it("asks by the title without its series, and without accents only where there are any", () => {
    const cases = makeCases(BOOKS, 2, createRandom(1));
    expect(cases.get("exact_title")!.map(({ query }) => query).sort()).toEqual([
      "The Café of Lost Time",
      "The Mountain Railway",
    ]);
    expect(cases.get("no_accents")).toEqual([{ query: "The Cafe of Lost Time", wanted: new Set(["a"]) }]);
  });

  it("makes one slip in a word, joins two words or splits one", () => {
    for (let seed = 1; seed < 50; seed++) {
      const typo = mistype("the railway", createRandom(seed))!;
      expect(typo.startsWith("the ")).toBe(true);
      expect(Math.abs(typo.length - "the railway".length)).toBeLessThanOrEqual(1);
      const other = joinOrSplit("the railway", createRandom(seed))!;
      expect(other.replaceAll(" ", "")).toBe("therailway");
      expect(other).not.toBe("the railway");
    }
    expect(mistype("it is so", createRandom(1))).toBeUndefined();
  });

  it("gives 1 / rank of the right book, 0 where it is missing", async () => {
    const cases = new Map([["x", ["a", "b", "c", "d"].map((id) => ({ query: id, wanted: new Set([id]) }))]]);
    const engine = { name: "fixed", find: () => Promise.resolve(["c", "b", "a"]) };
    const { overall } = await measure(engine, cases);
    expect(overall).toBeCloseTo((1 + 1 / 2 + 1 / 3 + 0) / 4);
  });
});
