import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { importText } from "@/tests/support/catalog/import_text.ts";

const told = (books: { title: string; authors: string[] }[]) => books.map(({ title, authors }) => [title, authors]);

describe("a CSV file in single quotes", () => {
  const rows = [
    "'1','Title, The','O'Brien, Flann'",
    "'2','It''s \"so\"','D\\'Arcy, Ann'",
    "'3','','x'",
    "'4','Two\nlines',''",
    "'5','Finnegan's Wake','James Joyce'",
    "6,'''Tis','''t Hooft'",
  ];
  for (const [says, header] of [["quoted", "'id','title','Author'"], ["bare", "id,title,Author"]] as const) {
    it(`with a ${says} header has its cells read, with the apostrophes in them`, async () => {
      for (const chunk of [1, 3, 1_000]) {
        const { books, refused } = await importText(`${header}\n${rows.join("\r\n")}`, { chunk });
        expect(told(books)).toEqual([
          ["Title, The", ["Flann O'Brien"]],
          ['It\'s "so"', ["Ann D'Arcy"]],
          ["Two lines", []],
          ["Finnegan's Wake", ["James Joyce"]],
          ["'Tis", ["'t Hooft"]],
        ]);
        expect(refused).toEqual(["3 no title"]);
      }
    });
  }

  it("may have another delimiter, blanks behind it and lines before its header", async () => {
    for (
      const text of [
        "'id'; 'title'; 'author'\n'1'; 'A; B'; 'Ann Olin'\n",
        "'id'|'title'|'author'\n'1'|'A; B'|'Ann Olin'\n",
        "Report of \"today\"\n\n'id','title','author'\n'1','A; B','Ann Olin'\n",
      ]
    ) expect([text, told((await importText(text)).books)]).toEqual([text, [["A; B", ["Ann Olin"]]]]);
  });

  it("is none where a few titles begin with an apostrophe", async () => {
    const { books } = await importText("id,title,author\n1,'Salem's Lot,Ann\n2,'Tis',Ben\n3,Dune,Cy\n4,\"A, B\",Di\n");
    expect(told(books)).toEqual([["'Salem's Lot", ["Ann"]], ["'Tis'", ["Ben"]], ["Dune", ["Cy"]], ["A, B", ["Di"]]]);
  });
});

describe("a row with more cells than the header", () => {
  it("is refused where it cannot be known which cell was split, with what was found", async () => {
    const { books, refused } = await importText(
      "id;title;authors;year\n1;Dune;Frank Herbert;1965\n2;Good Omens;Terry Pratchett;Neil Gaiman;1990\n3;Emma;Jane Austen;1815;;\n",
    );
    expect(told(books)).toEqual([["Dune", ["Frank Herbert"]], ["Emma", ["Jane Austen"]]]);
    expect(refused).toEqual([
      "2 has more cells than the header: wanted 4 (a cell with ; in it in quotes), found 5: " +
      '"2;Good Omens;Terry Pratchett;Neil Gaiman;1990"',
    ]);
  });

  it("is repaired where blanks show which cell was split, with a warning", async () => {
    const { byId, refused, warned } = await importText(
      "id;title;authors;year\n1;Good Omens;Terry Pratchett; Neil Gaiman;1990\n2;A; B;C;Ann Olin;1990\n3;Dune;Frank Herbert;1965\n",
    );
    expect([byId["1"]?.authors, byId["1"]?.year]).toEqual([["Terry Pratchett", "Neil Gaiman"], 1990]);
    expect(warned).toEqual([
      '1 row: "Terry Pratchett; Neil Gaiman" had a delimiter without quotes and is taken for one cell',
    ]);
    expect(refused).toEqual([expect.stringMatching(/^2 has more cells/)]);
    const comma = await importText(
      "id,title,author,year\n1,The Lion, the Witch and the Wardrobe,C.S. Lewis,1950\n2,Dune,FH,1965\n",
    );
    expect([comma.byId["1"]?.title, comma.byId["1"]?.year]).toEqual(["The Lion, the Witch and the Wardrobe", 1950]);
  });

  it("is repaired also where its last cells are empty, and is left alone where only empty cells are too many", async () => {
    const { byId, refused, warned } = await importText(
      "id,title,author,year,language\n1,Lions, and Tigers,Ann Olin,1990,\n2,Boats, and Trains,Ben Roe,,\n" +
        "3,Dune,FH,1965,en\n4,Emma,JA,1815,en\n6,Ulysses,JJ,1922,\n7,Orlando,VW,1928,en\n5,Ivanhoe,WS,1819,en,\n",
    );
    expect(["1", "2", "5"].map((id) => [byId[id]?.title, byId[id]?.authors, byId[id]?.year])).toEqual([
      ["Lions, and Tigers", ["Ann Olin"], 1990],
      ["Boats, and Trains", ["Ben Roe"], undefined],
      ["Ivanhoe", ["WS"], 1819],
    ]);
    expect(refused).toEqual([]);
    expect(warned.length).toBe(2);
  });

  it("of thousands of columns of one name, or of quotes in cells of several lines, costs no more than its length", async () => {
    const columns = 20_000;
    const began = performance.now();
    const { books } = await importText(
      `id,title${",a".repeat(columns)}\n1,Dune${
        Array.from({ length: columns }, (_, at) => `,"""${at}\n"`).join("")
      }\n2,Emma${",x".repeat(columns)}\n`,
      { chunk: 65_536 },
    );
    expect(books.map(({ title }) => title)).toEqual(["Dune", "Emma"]);
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it("is read where most rows have a column that the header does not name", async () => {
    const { books, warned } = await importText("id,title\n1,One,x\n2,Two,y\n3,Three\n");
    expect(books.length).toBe(3);
    expect(warned).toEqual(["1", "2"].map((row) => `${row} row: 1 more cells than there are columns were left out`));
  });
});
