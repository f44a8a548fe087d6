import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createMemoryWebStore } from "@/adapters/memory/web/web_store.ts";
import { importText } from "@/tests/support/catalog/import_text.ts";

describe("an export of a known program", () => {
  it("Goodreads: shells of ISBNs, both columns of authors, the earlier year, series out of the title, shelves are no subjects", async () => {
    const { byId, report } = await importText(
      "Book Id,Title,Author,Author l-f,Additional Authors,ISBN,ISBN13,My Rating,Year Published,Original Publication Year,Bookshelves\r\n" +
        '501,"The Fog Bell (Quay Cycle, #2.5)",Ines Rao,"Rao, Ines","Tom Vale, Uma Lind","=""0306406152""","=""""",4,2009,2008,"sea, to-read"\r\n' +
        '502,Second,Tom Vale,"Vale, Tom",,"=""""","=""9780804429573""",0,1999,,\r\n',
    );
    expect(byId["501"]).toEqual(expect.objectContaining({
      title: "The Fog Bell",
      series: "Quay Cycle",
      series_number: "2.5",
      authors: ["Ines Rao", "Tom Vale", "Uma Lind"],
      year: 2008,
      isbn13: "9780306406157",
      subjects: [],
    }));
    expect([byId["502"]?.year, byId["502"]?.isbn13]).toEqual([1999, "9780804429573"]);
    expect(report.unused).toEqual(["My Rating", "Bookshelves"]);
    const mapped = await importText('Book Id,Title,Bookshelves\n1,T,"sea, ships (#3)"\n', {
      map: { subjects: "Bookshelves" },
    });
    expect(mapped.byId["1"]?.subjects).toEqual(["sea", "ships"]);
  });

  it("LibraryThing: tabs, UTF-16, names turned round, ISBNs in brackets, languages by name", async () => {
    const text = "Book Id\tTitle\tPrimary Author\tSecondary Author\tDate\tLanguages\tISBN\tTags\n" +
      "7\tFar Cliffs\tLind, Uma\tVale, Tom|Rao, Ines\t2001\tNorwegian\t[0306406152]\tsea, cliffs\n";
    const { byId } = await importText(Buffer.from(`\ufeff${text}`, "utf16le"));
    expect(byId["7"]).toEqual(expect.objectContaining({
      authors: ["Uma Lind", "Tom Vale", "Ines Rao"],
      year: 2001,
      language: "no",
      isbn13: "9780306406157",
      subjects: ["sea", "cliffs"],
    }));
  });

  it("StoryGraph: no ids, so that each book gets one of its own, the same in every run", async () => {
    const text =
      'Title,Authors,Contributors,ISBN/UID,Format,Read Status,Tags\nGrey Water,"Ines Rao, Tom Vale",,9780306406157,digital,read,slow\nNo Isbn,Uma Lind,,,,,\n';
    const [first, second] = [await importText(text), await importText(text)];
    expect([first.report.ids_made, first.books.length]).toEqual([true, 2]);
    expect(first.books.map(({ id }) => id)).toEqual(second.books.map(({ id }) => id));
    const byIsbn = await importText(text, { id: "isbn" });
    expect([byIsbn.books.map(({ id }) => id), byIsbn.refused]).toEqual([["9780306406157"], [
      "2 no ISBN, which is the id",
    ]]);
  });

  it("Calibre: names joined by &, dates, series and its number, HTML in comments, an unknown date", async () => {
    const { byId, warned } = await importText(
      "authors,comments,id,identifiers,languages,pubdate,series,series_index,tags,title\n" +
        '"Ines Rao & Tom Vale","<p>One &amp; two.</p><p>Th&#233; end</p>",3,"isbn:9780306406157,google:x",eng,2008-05-01T00:00:00+00:00,Quay,2.0,"sea, ships",Salt\n' +
        "Uma Lind,,4,,und,0101-01-01T00:00:00+00:00,,1.0,,Pepper\n",
    );
    expect(byId["3"]).toEqual(expect.objectContaining({
      authors: ["Ines Rao", "Tom Vale"],
      description: "One & two.\nThé end",
      isbn13: "9780306406157",
      language: "en",
      year: 2008,
      series: "Quay",
      series_number: "2",
      subjects: ["sea", "ships"],
    }));
    expect(byId["4"]).toEqual({
      id: "4",
      title: "Pepper",
      authors: ["Uma Lind"],
      subjects: [],
      popularity: 0,
      version: 1,
    });
    expect(warned).toEqual(['2 year: "0101-01-01T00:00:00+00:00" is no year: wanted one such as 1999 or -400']);
  });

  it("roles behind names or in a column beside make contributors, and an author's role goes", async () => {
    const story = await importText(
      'Title,Authors,Contributors\nOne,"Noor Aziz, Tom Field","Jane Roe (Translator), Kai Lo (Narrator)"\n',
    );
    expect([story.books[0]?.authors, story.books[0]?.contributors]).toEqual([["Noor Aziz", "Tom Field"], [
      { name: "Jane Roe", role: "translator" },
      { name: "Kai Lo", role: "narrator" },
    ]]);
    const thing = await importText(
      "Book Id\tTitle\tPrimary Author\tSecondary Author\tSecondary Author Roles\n1\tOne\tLee, Ann\tKay, Jan|Wey, Olaf|Ash, Di\tTranslator|Illustrator|Author\n",
    );
    expect([thing.byId["1"]?.authors, thing.byId["1"]?.contributors]).toEqual([["Ann Lee", "Di Ash"], [
      { name: "Jan Kay", role: "translator" },
      { name: "Olaf Wey", role: "illustrator" },
    ]]);
  });

  it("headings of libraries are one name each, without their full forms, years of life and roles", async () => {
    const { byId } = await importText(
      'id,title,author\n1,A,"Olin, Ann"\n2,B,"Tolkien, J. R. R. (John Ronald Reuel), 1892-1973"\n' +
        '3,C,"Oak, Ben, author."\n4,D,"Elm, Cy, (ed.)"\n5,E,"Max   Frisch"\n',
    );
    expect(["1", "2", "3", "4", "5"].map((id) => byId[id]?.authors)).toEqual([
      ["Ann Olin"],
      ["J. R. R. Tolkien"],
      ["Ben Oak"],
      [],
      ["Max Frisch"],
    ]);
    expect(byId["4"]?.contributors).toEqual([{ name: "Cy Elm", role: "editor" }]);
  });

  it("a library's punctuation goes where most titles have it", async () => {
    const { byId } = await importText(
      'biblionumber|title|subtitle|author\n11|The clerk :|a tale /|"Ode, Mia,"\n12|Dusk /||Lund, Per.\n',
    );
    expect([byId["11"], byId["12"]].map((book) => [book?.title, book?.subtitle, book?.authors])).toEqual([
      ["The clerk", "a tale", ["Mia Ode"]],
      ["Dusk", undefined, ["Per Lund"]],
    ]);
    expect((await importText("id,title\n1,And / Or /\n2,Plain\n3,Plain too\n")).byId["1"]?.title).toBe("And / Or /");
  });

  it("Koha and Book-Crossing: their names of columns", async () => {
    const koha = await importText(
      'biblionumber,title,author,copyrightdate,isbn\n12,Kelp,"Rao, Ines",2003,0306406152 | 9780306406157\n',
    );
    expect(koha.byId["12"]).toEqual(
      expect.objectContaining({ authors: ["Ines Rao"], year: 2003, isbn13: "9780306406157" }),
    );
    const crossing = await importText(
      '"ISBN";"Book-Title";"Book-Author";"Year-Of-Publication"\n"0306406152";"Kelp \\"Two\\"";"INES RAO";"0"\n',
      { id: "isbn" },
    );
    expect(crossing.byId["9780306406157"]).toEqual(
      expect.objectContaining({ title: 'Kelp "Two"', authors: ["INES RAO"] }),
    );
  });
});

describe("the names in a cell", () => {
  const columns: [string, string[], string[][]][] = [
    ["turned round, with ; between them", [
      "Tolk, J. R. R.",
      "Lind, Uma; Vale, Tom",
      "García Rao, Ana",
      "Plato",
      "Dick, Charles, 1812-1870",
      "King, M. L., Jr.",
    ], [
      ["J. R. R. Tolk"],
      ["Uma Lind", "Tom Vale"],
      ["Ana García Rao"],
      ["Plato"],
      ["Charles Dick"],
      ["M. L. King, Jr."],
    ]],
    ["turned round, one a cell", ["Le Rao, Ursula K.", "Vale, Tom", "Lind, Uma Maria"], [["Ursula K. Le Rao"], [
      "Tom Vale",
    ], ["Uma Maria Lind"]]],
    ["with commas between them", ["Ines Rao, Tom Vale", "Ana G. Lind, Uma Vale, Jr., B. Elm", "Plato"], [
      ["Ines Rao", "Tom Vale"],
      ["Ana G. Lind", "Uma Vale, Jr.", "B. Elm"],
      ["Plato"],
    ]],
    ["with words between them", ["Ines Rao and Tom Vale", "Simon and Garfunkel", "Uma Lind & Tom Vale"], [
      ["Ines Rao", "Tom Vale"],
      ["Simon and Garfunkel"],
      ["Uma Lind", "Tom Vale"],
    ]],
    ["as a list of Python or JSON", ["['Ines Rao', \"Tom O'Vale\"]", '["Uma Lind"]', "['A B']"], [
      ["Ines Rao", "Tom O'Vale"],
      ["Uma Lind"],
      ["A B"],
    ]],
    [
      "with entities",
      ["Andr&eacute; Rao", "Li&#769; Wu; Tom &amp; Co"],
      [["André Rao"], ["Lí Wu", "Tom & Co"]].map((names) => names.map((name) => name.normalize("NFC"))),
    ],
  ];
  for (const [name, cells, expected] of columns) {
    it(name, async () => {
      const file = cells.map((cell, at) => JSON.stringify({ id: `n${at}`, title: "T", author: cell })).join("\n");
      const { books } = await importText(file);
      expect(books.map(({ authors }) => authors.map((author) => author.normalize("NFC")))).toEqual(expected);
    });
  }

  it("are separated by --separator where it is given", async () => {
    const { byId } = await importText("id,title,authors,subjects\n1,T,Lind / Vale,a/b\n", { separator: "/" });
    expect([byId["1"]?.authors, byId["1"]?.subjects]).toEqual([["Lind", "Vale"], ["a", "b"]]);
  });
});

describe("nothing is lost in silence", () => {
  it("what cannot be used is left out or cut, with a warning, and the book is kept", async () => {
    const long = "word ".repeat(5_000).trim();
    const { byId, warned, refused } = await importText(
      [
        {
          id: "w1",
          title: "T".repeat(20) + " x".repeat(400),
          authors: Array.from({ length: 300 }, (_, at) => `Author ${at}`),
          year: 2500,
          subjects: ["ok", "s".repeat(300)],
          language: "klingonish",
          popularity: "many",
          description: long,
          isbn: "123",
        },
      ].map((row) => JSON.stringify(row)).join("\n"),
    );
    expect(refused).toEqual([]);
    const { title, authors, year, subjects, language, description, isbn13 } = byId.w1!;
    expect([title.length <= 500, authors.length, year, subjects, language, isbn13]).toEqual([
      true,
      50,
      undefined,
      ["ok"],
      undefined,
      undefined,
    ]);
    expect([description!.length <= 20_000, description!.endsWith("word")]).toEqual([true, true]);
    expect(warned.map((warning) => warning.split(/[ .:]/)[1]).sort()).toEqual(
      ["authors", "description", "isbn13", "language", "popularity", "subjects", "title", "year"],
    );
  });

  it("an id that comes twice is said, the first row counts, and a second run says unchanged", async () => {
    const store = createMemoryWebStore();
    const file = "id,title\nt1,First\nt2,Other\nt1,Second\n";
    const counts = [{ added: 2, changed: 0, unchanged: 0 }, { added: 0, changed: 0, unchanged: 2 }];
    for (const expected of counts) {
      for (const dryRun of [true, false]) {
        const { byId, warned, report } = await importText(file, { dryRun, store });
        expect(report).toMatchObject({ rows: 3, ...expected, repeated: 1, rejected: 0 });
        expect(warned).toEqual(['3 id: "t1" is in line 2 too, which counts; this one is left out']);
        if (!dryRun) expect([byId.t1?.title, byId.t1?.version]).toEqual(["First", 1]);
      }
    }
  });

  it("a dry run says what the run says", async () => {
    const file = "id,title,isbn\na,One,0306406152\nb,Two,0306406152\na,One,0306406152\na,One more,\nc,,\n";
    const [dry, real] = [await importText(file, { dryRun: true }), await importText(file)];
    expect([dry.books.length, dry.report, dry.warned, dry.refused]).toEqual([
      0,
      real.report,
      real.warned,
      real.refused,
    ]);
  });

  it("reasons are counted by their kind, and columns that were not used are named once", async () => {
    const { report } = await importText("id,title,year,Shelf\n1,A,xx,a\n2,B,yy,b\n3,,1999,c\n");
    expect([report.reasons, report.unused]).toEqual([{
      "year: is no year: wanted one such as 1999 or -400": 2,
      "no title": 1,
    }, ["Shelf"]]);
  });

  it("keeps a semicolon behind what differs from row to row in a kind of reason", async () => {
    const isbn = "9780306406157";
    const { report } = await importText(`id,title,isbn13\n1,A,${isbn}\n2,B,${isbn}\n`);
    expect(report.reasons).toEqual({ "isbn13: ISBN … belongs to the book …; left out": 1 });
  });

  it("a file of which nothing could be used comes with a map that would do", async () => {
    const { report } = await importText("Nr,Überschrift des Werks,Jahr\n1,Der alte Turm,1990\n2,Das Meer,1991\n");
    expect([report.added, report.rejected, report.suggestion]).toEqual([0, 2, "title=Überschrift des Werks"]);
  });

  it("--replace removes what the file does not have, and nothing when no row could be used", async () => {
    const { report } = await importText("id,title\n1,A\n", { replace: true });
    expect(report.removed).toBe(0);
  });
});
