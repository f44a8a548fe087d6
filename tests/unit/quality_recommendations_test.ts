import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { readActs } from "@/tests/quality/acts.ts";
import { Rankings } from "@/tests/quality/ranking.ts";

describe("quality recommendations", () => {
  it("reads lines of a reader and books, and CSV with weight and time in any order", () => {
    expect(readActs("r1 a b\n\nr2 c\n")).toEqual([
      { reader: "r1", book: "a", time: 0 },
      { reader: "r1", book: "b", time: 0 },
      { reader: "r2", book: "c", time: 0 },
    ]);
    expect(readActs("book,reader,time,weight\na,r1,2,5\nb,r1,1970-01-01T00:00:03Z,\n")).toEqual([
      { reader: "r1", book: "a", time: 2000, weight: 5 },
      { reader: "r1", book: "b", time: 3000 },
    ]);
    expect(() => readActs("who,what\na,b\n")).toThrow("reader and book");
  });

  it("measures with the ideal over min(20, n), and counts leaks, empty lists and books that any list shows", () => {
    const rankings = new Rankings();
    rankings.add(["a", "x"], { wanted: new Set(["a", "b"]), known: new Set(["x"]) });
    rankings.add([], { wanted: new Set(["c"]), known: new Set() });
    rankings.add(["d"], { wanted: new Set(), known: new Set() });
    const ideal = 1 + 1 / Math.log2(3);
    expect(rankings.figures(4)).toEqual({
      readers: 2,
      recall20: 0.25,
      ndcg20: 1 / ideal / 2,
      coverage20: 0.5,
      leaks: 1,
      empty: 1,
    });
  });
});
