import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { importText } from "@/tests/support/catalog/import_text.ts";

describe("a JSON file with faults", () => {
  it("of JSON Lines has the column of each, and what was found there", async () => {
    const { books, refused, report } = await importText(
      '{"id":"1","title":"One"}\n  {"id":"2","title":"É" "year":1}\n{"id":"3","title":NaN},\nrubbish\n{"id":"5","title":"x\n',
    );
    expect(books.map(({ id }) => id)).toEqual(["1"]);
    expect(refused).toEqual([
      '2 is not JSON: wanted a comma or } at column 25, found "\\""',
      '3 is not JSON: wanted a value at column 19, found "NaN"',
      '4 is not JSON: wanted a value at column 1, found "rubbish"',
      "5 is not JSON: wanted a quote that ends the string at column 21, found the end",
    ]);
    expect(Object.keys(report.reasons)).toContain("is not JSON: wanted a value at column …, found …");
  });

  it("of an array has line and column as an editor shows them", async () => {
    for (const chunk of [1, 1_000]) {
      const array = '[{"id":"1","title":"Öl"}, {"id":"2", title:"B"},\n {\n  "id": "3",\n  "title" "C"\n }]';
      const { books, refused } = await importText(array, { chunk });
      expect(books.map(({ id }) => id)).toEqual(["1"]);
      expect(refused).toEqual([
        '2 is not JSON: wanted a name in quotes at column 38, found "title"',
        '3 is not JSON: wanted a colon at line 4 column 11, found "\\""',
      ]);
    }
  });

  it("has a value that is nested 20,000 levels deep refused, and its other rows read", async () => {
    const deep = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
    const rows = [
      '{"id":"1","title":"One"}',
      `{"id":"2","title":"Two","subjects":${deep}}`,
      '{"id":"3","title":"Three"}',
    ];
    for (const text of [rows.join("\n"), `[${rows.join(",")}]`]) {
      const { books, refused } = await importText(text, { chunk: 10_000 });
      expect([books.map(({ id }) => id), refused]).toEqual([["1", "3"], ["2 is nested deeper than 100 levels"]]);
    }
    const cell = await importText(`id,title,authors\n1,One,${deep}\n`, { chunk: 10_000 });
    expect([cell.books.map(({ title }) => title), cell.report.warnings]).toEqual([["One"], 1]);
  });

  it("names a title that is mapped wherever the book stands, and nothing else of it is taken for the book", async () => {
    const map = { title: "Überschrift", authors: "people" };
    const people = [{ name: "Ann Olin" }];
    const book = { id: 1, "Überschrift": "Eins", name: "x", publisher: { title: "Ace" }, people };
    const wanted = [["1", "Eins", ["Ann Olin"]]];
    for (
      const held of [book, [book], { hits: [book] }, { book }, { hits: [{ _id: "1", _source: book }] }, {
        a: { b: [book] },
      }]
    ) {
      const { books } = await importText(JSON.stringify(held), { map, name: "x.json" });
      expect([held, books.map(({ id, title, authors }) => [id, title, authors])]).toEqual([held, wanted]);
    }
  });
});
