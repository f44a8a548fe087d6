import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { readTitle } from "@/domain/title.ts";

describe("readTitle()", () => {
  it("takes the brackets from behind a title, and the series from them", () => {
    const cases: [title: string, bare: string, brackets: string[], series?: [name: string, number: string]][] = [
      ["Emma", "Emma", []],
      ["Emma (annotated)", "Emma", ["annotated"]],
      ["Dune Messiah (Dune Chronicles, #2)", "Dune Messiah", ["Dune Chronicles, #2"], ["Dune Chronicles", "2"]],
      ["Tales (Boxed #1-3)", "Tales", ["Boxed #1-3"], ["Boxed", "1-3"]],
      ["Lantern (Harbour Cycle, Book 2) [Large Print]", "Lantern", ["Harbour Cycle, Book 2", "Large Print"], [
        "Harbour Cycle",
        "2",
      ]],
      ["Saga (Long Series, #4: Part 2)", "Saga", ["Long Series, #4: Part 2"], ["Long Series", "4: Part 2"]],
      ["Mill (Mills, #1; World of Mills, #8)", "Mill", ["Mills, #1; World of Mills, #8"], ["Mills", "1"]],
      ["Poems (Vol. 3)", "Poems", ["Vol. 3"], ["", "3"]],
      ["Memories (Notebook 2)", "Memories", ["Notebook 2"]],
      ["(A, #1)", "(A, #1)", []],
      ["Emma (A, #one)", "Emma", ["A, #one"]],
    ];
    for (const [title, bare, brackets, series] of cases) {
      expect([title, readTitle(title)]).toEqual([title, {
        bare,
        brackets,
        ...(series === undefined ? {} : { series: { name: series[0], number: series[1] } }),
      }]);
    }
  });
});
