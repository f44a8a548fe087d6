import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { importText } from "@/tests/support/catalog/import_text.ts";

const named = async (cells: string[]) => {
  const rows = cells.map((cell, at) => `${at};T;"${cell}"\n`).join("");
  const { books } = await importText(`id;title;author\n${rows}`, { chunk: 1_000 });
  return books.map(({ authors, contributors = [] }) => [...authors, ...contributors.map(({ role }) => role)]);
};

describe("names of people in a cell", () => {
  it("that are turned round are seen as such, whatever joins them", async () => {
    for (const and of [" and ", " und ", " et ", " / ", " + ", " & ", "; "]) {
      const found = await named([`Olin, Ann${and}Oak, Bo`, "Elm, Cy", `Fir, Di${and}Ash, Ada${and}Ivy, Flo`]);
      expect([and, ...found]).toEqual([and, ["Ann Olin", "Bo Oak"], ["Cy Elm"], ["Di Fir", "Ada Ash", "Flo Ivy"]]);
    }
    expect(await named(["King, Martin Luther, Jr.", "Olin, Ann Marie, Dr."])).toEqual([
      ["Martin Luther King, Jr."],
      ["Ann Marie Olin, Dr."],
    ]);
    expect(await named(["José Ortega y Gasset", "Simon and Garfunkel"])).toEqual([
      ["José Ortega y Gasset"],
      ["Simon and Garfunkel"],
    ]);
  });

  it("may be separated by slashes or plus signs with blanks", async () => {
    expect(await named(["Ann Olin / Bo Oak", "Cy Elm + Di Fir", "AC/DC"]))
      .toEqual([["Ann Olin", "Bo Oak"], ["Cy Elm", "Di Fir"], ["AC/DC"]]);
  });

  it("lose what is nobody's: et al., signs, brackets around a name, by before it", async () => {
    expect(
      await named(["Olin, Ann; et al.", "Elm, Cy [u.a.]", "Oak, Bo (u. a.)", "-; Fir, Di", "[Ash, Ada]", "by Flo Ivy"]),
    )
      .toEqual([["Ann Olin"], ["Cy Elm"], ["Bo Oak"], ["Di Fir"], ["Ada Ash"], ["Flo Ivy"]]);
  });

  it("have roles in square brackets too", async () => {
    expect(await named(["Olin, Ann [Übers.]", "Elm, Cy [Hrsg.]"])).toEqual([["translator"], ["editor"]]);
  });

  it("stand once where another column has them turned round", async () => {
    const { books, report } = await importText(
      'Title,"Author (Last, First)",Author,Tags (1),Tags (2)\nMoor,"Olin, Ann",Ann Olin,a,b\nFern,"Elm, Cy",,,\n',
    );
    expect(books.map(({ title, authors, subjects }) => [title, authors, subjects]).sort())
      .toEqual([["Fern", ["Cy Elm"], []], ["Moor", ["Ann Olin"], ["a", "b"]]]);
    expect(report.unused).toEqual(["Author (Last, First)"]);
  });

  it("take linear time in a cell of 100,000 signs", async () => {
    const begun = performance.now();
    for (const sign of [" ", ",", "(", "-", " /"]) await named([`Ann${sign.repeat(100_000)} Bo`]);
    await importText(`id;title;tags\n1;T;a${" ".repeat(100_000)}b\n`, { chunk: 1_000 });
    expect(performance.now() - begun).toBeLessThan(4_000);
  });
});
