import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { importText } from "@/tests/support/catalog/import_text.ts";
import { marcRecord, marcXml } from "@/tests/support/catalog/marc_file.ts";

describe("CSV", () => {
  for (const delimiter of [",", ";", "\t", "|", "^", "~"]) {
    it(`with ${JSON.stringify(delimiter)} between its columns`, async () => {
      const rows = [["id", "title", "authors", "year"], ["d1", `"A; b, c| d\te"`, "Ann Olin", "1999"]];
      const { byId, format } = await importText(rows.map((row) => row.join(delimiter)).join("\r\n"));
      expect([byId.d1?.title, byId.d1?.year, format.delimiter]).toEqual(["A; b, c| d e", 1999, delimiter]);
    });
  }

  it("says its delimiter by sep=, and may have lines before the header", async () => {
    expect((await importText("sep=;\r\nid;title\r\nx1;One, two\r\n")).byId.x1?.title).toBe("One, two");
    const { books, format } = await importText(
      "Library of Nowhere\n\nExported on 1 May, by nobody\n\nId,Title,Author\nn1,Real,Ann Olin\n",
    );
    expect([books.map(({ id }) => id), format.linesBefore]).toEqual([["n1"], 2]);
  });

  it("a word of a row that is a column's name makes no header of the row", async () => {
    expect((await importText("titel,id\ntitle,w1\nauthor,w2\n")).books.map(({ title }) => title)).toEqual([
      "title",
      "author",
    ]);
  });

  it("marks quotes by a backslash where it does", async () => {
    const { books } = await importText(
      '"id";"title"\n"q1";"The \\"Quoted\\" One; two"\n"q2";"Ends \\"so\\""\n"q3";"C:\\\\dir"\n',
    );
    expect(books.map(({ title }) => title)).toEqual(['The "Quoted" One; two', 'Ends "so"', "C:\\\\dir"]);
  });

  it("a quote that is never closed costs its own row only", async () => {
    for (const chunk of [7, 100_000]) {
      const { books, refused } = await importText(
        'id,title,authors\na1,One,A B\na2,"Two,C D\na3,Three,E F\na4,"Fo\nur",G H\n',
        { chunk },
      );
      expect(books.map(({ id }) => id)).toEqual(["a1", "a3", "a4"]);
      expect(refused).toEqual(["2 a quote is not closed"]);
    }
  });

  it("may have blanks before its quotes", async () => {
    const { byId, warned } = await importText('id, "title", "author"\n1, "Hello, World", "Ann Olin"\n2, Plain, x\n');
    expect([byId["1"]?.title, byId["1"]?.authors, byId["2"]?.title, warned]).toEqual([
      "Hello, World",
      ["Ann Olin"],
      "Plain",
      [],
    ]);
  });

  it("may end its lines at carriage returns, as an old Mac does, or in two ways", async () => {
    const mac = await importText('id,title,author\r1,One,Ann Olin\r2,"Two,Ben\r3,Three,Cy\r');
    expect([mac.books.map(({ id }) => id), mac.refused]).toEqual([["1", "3"], ["2 a quote is not closed"]]);
    const mixed = await importText("id,title,author\r\n1,One,Ann\n2,Two,Ben\r\n3,Three,Cy\r4,Four,Di\n");
    expect([mixed.books.map(({ id }) => id), mixed.refused]).toEqual([["1", "2"], [
      "3 holds a carriage return alone, which ends no line in this file",
    ]]);
  });

  it("that was put together of several files has their headers refused", async () => {
    const { books, refused } = await importText("id,title\n1,One\nid,title\n2,Two\n");
    expect([books.map(({ id }) => id), refused]).toEqual([["1", "2"], ["2 is the header once more"]]);
  });

  it("has a quote that is not closed in a very long line refused once, and a long cell cut", async () => {
    const long = "word ".repeat(300_000);
    const file = `id,title,description\n1,One,"${long}\n2,Two,x\n3,Three,"${long}"\n4,Four,y\n`;
    const { books, refused, warned } = await importText(file, { chunk: 100_000 });
    expect(refused).toEqual(["1 a quote is not closed within 1048576 bytes"]);
    expect(books.map(({ id }) => id)).toEqual(["2", "3", "4"]);
    expect(warned).toEqual(["3 description: was longer than 20000 characters and is cut at a word"]);
  });

  it("columns of one name are joined; cells without a column are a warning", async () => {
    const { byId, warned } = await importText(
      "id,title,Author,author,subject,Subject\nr1,T,Ann Olin,Ben Oak,sea,ships,x\nr2,U,Cy Elm,,,,y\n",
    );
    expect([byId.r1?.authors, byId.r1?.subjects, byId.r2?.authors]).toEqual([
      ["Ann Olin", "Ben Oak"],
      ["sea", "ships"],
      ["Cy Elm"],
    ]);
    expect(warned).toEqual(["1", "2"].map((row) => `${row} row: 1 more cells than there are columns were left out`));
  });
});

describe("JSON", () => {
  const books = [{ id: "j1", title: "Eins [1], {2}", authors: ['A "B"'] }, { id: "j2", title: "Zwei" }];
  const files: Record<string, string> = {
    "JSON Lines": books.map((book) => JSON.stringify(book)).join("\n"),
    "JSON Lines with a byte order mark": `\ufeff${books.map((book) => JSON.stringify(book)).join("\r\n")}\r\n`,
    "an array": JSON.stringify(books),
    "an array with line breaks": JSON.stringify(books, null, 2),
    "objects with line breaks": books.map((book) => JSON.stringify(book, null, 2)).join("\n"),
    "an answer of the API": JSON.stringify({ items: books, next_cursor: null }),
    "an object by ids": JSON.stringify(Object.fromEntries(books.map((book) => [book.id, book]))),
  };
  for (const [name, text] of Object.entries(files)) {
    it(`as ${name}`, async () => {
      for (const chunk of [1, 1_000]) {
        const { byId, report } = await importText(text, { chunk });
        expect([byId.j1?.title, byId.j1?.authors, byId.j2?.title, report.rejected]).toEqual([
          "Eins [1], {2}",
          ['A "B"'],
          "Zwei",
          0,
        ]);
      }
    });
  }

  it("lines end at a line feed only: other separators are legal in a string", async () => {
    const { books, report } = await importText('{"id":"s1","title":"one\u2028two"}\n{"id":"s2","title":"x\u0085y"}\n');
    expect([books.map(({ title }) => title), report.rejected]).toEqual([["one two", "x y"], 0]);
  });

  it("values may be wrapped and stand in lists, as in Open Library", async () => {
    const { byId, warned } = await importText(
      [
        {
          key: "/works/OL1W",
          title: "Tides",
          authors: [{ author: { key: "/authors/OL2A" } }],
          subjects: ["Sea"],
          description: { type: "/type/text", value: "About it." },
          first_publish_date: "March 1987",
        },
        {
          key: "/books/OL1M",
          title: { value: "Ebb" },
          authors: [{ name: "Ann Olin" }, { name: "Ben Oak" }],
          languages: [{ key: "/languages/ger" }],
          isbn_13: ["x", "9780306406157"],
          publish_date: "c1999",
        },
      ].map((row) => JSON.stringify(row)).join("\n"),
    );
    expect(byId.OL1W).toEqual({
      id: "OL1W",
      title: "Tides",
      authors: [],
      subjects: ["Sea"],
      year: 1987,
      description: "About it.",
      popularity: 0,
      version: 1,
    });
    expect([byId.OL1M?.title, byId.OL1M?.authors, byId.OL1M?.language, byId.OL1M?.isbn13, byId.OL1M?.year]).toEqual([
      "Ebb",
      ["Ann Olin", "Ben Oak"],
      "de",
      "9780306406157",
      1999,
    ]);
    expect(warned).toEqual(['1 authors: "/authors/OL2A" is known by its key only and left out']);
  });

  it("a dump of Open Library has its JSON behind tabs; what is no book is refused", async () => {
    const { books, refused } = await importText(
      '/type/edition\t/books/OL3M\t4\t2020-01-01T00:00:00\t{"key":"/books/OL3M","title":"Dumped"}\n' +
        '/type/author\t/authors/OL1A\t1\t2020-01-01T00:00:00\t{"name":"N"}\n',
    );
    expect([books.map(({ id }) => id), refused]).toEqual([["OL3M"], ["2 /type/author is no book"]]);
  });
});

describe("MARC 21", () => {
  const fields: [string, string][] = [
    ["001", "m0001"],
    ["008", "200101s2009    no            000 0 nob d"],
    ["020", "  |a9780306406157 (ib.) :|c100 kr"],
    ["100", "1 |aStrøm, Åse,|d1950-"],
    ["240", "10|aThe original"],
    ["245", "10|aKobberalmanakk :|bvær & metall /|cav noen."],
    ["264", " 1|aOslo :|bForlag,|c[2009]"],
    ["490", "1 |aHavnesyklus ;|v2"],
    ["520", "  |aOm havet."],
    ["650", " 0|aFyr|zNorge."],
    ["650", " 0|aSjøhistorier."],
    ["700", "1 |aLund, Per."],
    ["700", "1 |aElm, C. S.,|eoversetter,|4trl"],
  ];
  const expected = {
    id: "m0001",
    title: "Kobberalmanakk",
    subtitle: "vær & metall",
    original_title: "The original",
    series: "Havnesyklus",
    series_number: "2",
    authors: ["Åse Strøm", "Per Lund"],
    year: 2009,
    language: "nb",
    isbn13: "9780306406157",
    subjects: ["Fyr -- Norge", "Sjøhistorier"],
    description: "Om havet.",
    popularity: 0,
    version: 1,
  };
  const second: [string, string][] = [["001", "m0002"], ["245", "00|aPlain title."]];

  it("as ISO 2709", async () => {
    for (const chunk of [1, 50, 10_000]) {
      const { byId, format } = await importText(Buffer.concat([marcRecord(fields), marcRecord(second)]), { chunk });
      expect(format.kind).toBe("MARC 21");
      expect(byId.m0001).toEqual(expect.objectContaining(expected));
      expect(byId.m0001?.contributors?.map(({ name }) => name)).toEqual(["C. S. Elm"]);
      expect(byId.m0002?.title).toBe("Plain title");
    }
  });

  it("as MARCXML, with a prefix or without, whatever the order of attributes", async () => {
    for (const prefix of ["", "marc:"]) {
      const file = `<?xml version="1.0"?>\n<${prefix}collection>${marcXml(fields, prefix)}\n${
        marcXml(second, prefix)
      }</${prefix}collection>`;
      for (const chunk of [1, 10_000]) {
        const { byId, format } = await importText(file, { chunk });
        expect(format.kind).toBe("MARCXML");
        expect(byId.m0001).toEqual(expect.objectContaining(expected));
        expect(byId.m0002?.title).toBe("Plain title");
      }
    }
  });

  it("in MARC-8 has its marks before the letters; a part that is not read refuses the record", async () => {
    const marc8 = (text: string) => Uint8Array.from(text, (sign) => sign.charCodeAt(0));
    const old = marcRecord(
      [["001", "a1"], ["100", "1 |aM\xe8uller, J\xe2an"], ["245", "10|aF\xe8ur \xb2 und \xa2"]],
      marc8,
      " ",
    );
    const formula = marcRecord([["001", "a2"], ["245", "10|aH\x1bb2\x1bsO \x1b(B\x1b)!Eund \xa2"]], marc8, " ");
    const scripts = ["(S\xe5", "(NAZBUKA", "(2abc", "$1!0U", "ga"].map((text, at) =>
      marcRecord([["001", `s${at}`], ["245", `10|a\x1b${text}`]], marc8, at === 1 ? "a" : " ")
    );
    const { books, refused } = await importText(Buffer.concat([old, formula, ...scripts]));
    expect(books.map(({ title, authors }) => [title, authors])).toEqual([
      ["Für ø und Ø", ["Ján Müller"]],
      ["H2O und Ø", []],
    ]);
    const names = ["Greek", "Cyrillic", "Hebrew", "Chinese, Japanese and Korean", "Greek"];
    expect(refused).toEqual(
      names.map((name, at) =>
        `${at + 3} has text in MARC-8's ${name}, of which Latin alone is read: export the file in UTF-8`
      ),
    );
  });
});

describe("a file that is no list of books", () => {
  const tar = Buffer.alloc(512);
  tar.write("books.csv");
  tar.write("ustar", 257);
  const files: Record<string, [Uint8Array | string, RegExp]> = {
    "XLSX": [Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0), /XLSX/],
    "XLS": [Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0), /old workbook/],
    "HTML": ["<!doctype html><html></html>", /web page \(HTML\)/],
    "ONIX": ['<?xml version="1.0"?><ONIXMessage><Product/></ONIXMessage>', /XML of <ONIXMessage>, not MARCXML/],
    "XML with records of another kind": ["<records><record><title>A</title></record></records>", /XML of <records>/],
    "BibTeX": ["@book{a, title={A}}", /BibTeX/],
    "RIS": ["TY  - BOOK\nTI  - A\nER  - \n", /RIS/],
    "a picture": [Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), /picture \(JPEG\)/],
    "a database": ["SQLite format 3\0", /SQLite database/],
    "packed by other programs": [Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd), /Zstandard: unpack it/],
    "an archive": [tar, /tar archive/],
    "UTF-32": [Uint8Array.of(0xff, 0xfe, 0, 0, 0x69, 0, 0, 0), /UTF-32/],
    "empty": ["\ufeff \n\n", /the file is empty/],
  };
  for (const [name, [content, said]] of Object.entries(files)) {
    it(`is said to be ${name}`, () => expect(importText(content)).rejects.toThrow(said));
  }
});
