import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { importText } from "@/tests/support/catalog/import_text.ts";

/** Windows-1251 and Shift_JIS, as files from before Unicode have them. */
const FOREIGN = {
  "windows-1251": Uint8Array.from([...Array(24).keys()].map((at) => 0xe0 + at)),
  shift_jis: Uint8Array.from(
    [..."82b182b182eb82cd82e082cc82cc82a082ed82ea".match(/../g)!].map((pair) => parseInt(pair, 16)),
  ),
};
const row = (bytes: Uint8Array) => Buffer.concat([Buffer.from("id,title\n1,"), bytes, Buffer.from("\n")]);

describe("an odd file", () => {
  it("with a quote that is not closed loses that row only, also where the lines would make a row of the right width", async () => {
    const { books, refused } = await importText('id,title,authors\n1,"One,Ann\n2,Two,Bo\n3,"Three",Cy\n');
    expect([books.map(({ title }) => title).sort(), refused]).toEqual([["Three", "Two"], ["1 a quote is not closed"]]);
    const proper = await importText('id,title,description\n1,One,"""Hello"" she said\nand left"\n');
    expect(proper.byId["1"]?.description).toBe('"Hello" she said\nand left');
  });

  it("in other letters than Latin and no Unicode is not guessed at: the encoding is asked for", async () => {
    for (const [encoding, bytes] of Object.entries(FOREIGN)) {
      await expect(importText(row(bytes))).rejects.toThrow(/say its encoding/);
      const { books, refused } = await importText(row(bytes), { encoding });
      expect([encoding, books.length, refused]).toEqual([encoding, 1, []]);
    }
    const { books } = await importText(row(Buffer.from("\u00c9l\u00e8ves \u00e0 No\u00ebl", "latin1")));
    expect(books[0]?.title).toBe("Élèves à Noël");
  });

  it("that was read as windows-1252 and stored as UTF-8 is decoded once more; what only looks like it stays", async () => {
    const { byId } = await importText("id,title\n1,GrÃ¶ÃŸe â€“ naÃ¯ve\n2,MAÇÃ”\n3,São “Â”\n");
    expect([byId["1"]?.title, byId["2"]?.title, byId["3"]?.title]).toEqual(["Größe – naïve", "MAÇÃ”", "São “Â”"]);
  });

  it("with numbers of 20 digits as ids keeps them as they are written", async () => {
    const { books } = await importText(
      '{"id":12345678901234567890,"title":"A"}\n{"id":12345678901234567891,"title":"B"}\n',
    );
    expect(books.map(({ id }) => id).sort()).toEqual(["12345678901234567890", "12345678901234567891"]);
  });

  it("with words for nothing has nothing there, but may have such a title", async () => {
    const { byId, warned } = await importText(
      "id,title,authors,year,isbn\n1,One,NULL,NULL,\\N\n2,None,None,nan,N/A\n3,Three,Null,1999,\n",
    );
    expect([byId["1"]?.authors, byId["2"]?.title, byId["2"]?.authors, byId["3"]?.authors, warned]).toEqual([
      [],
      "None",
      [],
      ["Null"],
      [],
    ]);
  });

  it("has dates as spreadsheets, MARC and people write them", async () => {
    const { books, warned } = await importText(
      'id,title,date\na,A,36526\nb,B,44197.5\nc,C,19990131\nd,D,12/31/1999\ne,E,1999-00-00\nf,F,"1,999"\ng,G,19999999\n',
    );
    expect(books.map(({ year }) => year)).toEqual([2000, 2021, 1999, 1999, 1999, 1999, undefined]);
    expect(warned).toEqual(['7 year: "19999999" is no year: wanted one such as 1999 or -400']);
    const grouped = await importText('id,title,date,year\na,A,,"2,000"\nb,B,00000,\n');
    expect(grouped.books.map(({ year }) => year)).toEqual([2000, undefined]);
    const plain = await importText("id,title,year\na,A,36526\n");
    expect([plain.books[0]?.year, plain.warned.length]).toEqual([undefined, 1]);
  });

  it("of JSON has its books at any depth, and each in a field of its own", async () => {
    const google = {
      items: [{ id: "g1", volumeInfo: { title: "A", industryIdentifiers: [{ identifier: "0306406152" }] } }],
    };
    const deep = { data: { library: { books: [{ id: 1, title: "B" }], authors: [{ id: 9, name: "Ann" }] } } };
    const found = await importText(JSON.stringify(google));
    expect([found.byId.g1?.title, found.byId.g1?.isbn13]).toEqual(["A", "9780306406157"]);
    expect((await importText(JSON.stringify(deep))).books.map(({ title }) => title)).toEqual(["B"]);
    const answers = [
      { status: "ok", meta: { v: 1 }, response: { data: { list: [{ title: "E" }] } } },
      { took: 3, _shards: { total: 1 }, hits: { total: { value: 1 }, hits: [{ _id: "e", _source: { title: "E" } }] } },
    ];
    for (const answer of answers) {
      expect((await importText(JSON.stringify(answer))).books.map(({ title }) => title)).toEqual(["E"]);
    }
    const mongo =
      '{"_id":{"$oid":"5f"},"title":"C","author":{"given":"Ann","family":"Olin"},"issued":{"date-parts":[[1999]]}}\n';
    const { byId } = await importText(mongo, { name: "x.jsonl" });
    expect([byId["5f"]?.title, byId["5f"]?.authors, byId["5f"]?.year]).toEqual(["C", ["Ann Olin"], 1999]);
    const named = await importText(
      JSON.stringify({ docs: [{ key: "/works/W1", title: "D", author_name: ["Bo Oak"] }] }),
    );
    expect(named.byId.W1?.authors).toEqual(["Bo Oak"]);
  });

  it("of JSON takes neither a book's series nor its authors for books", async () => {
    const series = { id: 9, title: "The Oaks" };
    const inSeries = await importText(JSON.stringify({ id: 1, name: "E", series }), { name: "x.jsonl" });
    expect(inSeries.books.map(({ id, title, series }) => [id, title, series])).toEqual([["1", "E", "The Oaks"]]);
    const titel = await importText(JSON.stringify([{ id: 2, Titel: "F", reihe: series, work: { id: 8, title: "W" } }]));
    expect(titel.books.map(({ id, title }) => [id, title])).toEqual([["2", "F"]]);
    for (
      const book of [{ name: "G", authors: [{ name: "Ann Olin" }] }, { TITLE: "G", writers: [{ name: "Ann Olin" }] }]
    ) {
      const byId = await importText(JSON.stringify({ b1: book }));
      expect(byId.books.map(({ title }) => title)).toEqual(["G"]);
    }
  });

  it("of LibraryThing in JSON has its numbered lists and both forms of names read", async () => {
    const { byId } = await importText(JSON.stringify({
      "7": {
        books_id: "7",
        title: "One",
        authors: [{ lf: "Lee, Ann", fl: "Ann Lee" }],
        isbn: { "0": "0306406152", "2": "9780306406157" },
      },
    }));
    expect([byId["7"]?.authors, byId["7"]?.isbn13]).toEqual([["Ann Lee"], "9780306406157"]);
  });

  it("in windows-1250 is not read as windows-1252, which has signs for its letters", async () => {
    const polish = Uint8Array.from(
      Buffer.from("id,title\n1,ga\xb3\xb9\x9f\n2,cz\xb3owiek\n3,ksi\xb9\xbfka\n", "latin1"),
    );
    await expect(importText(polish, { chunk: 1_000 })).rejects.toThrow(/say its encoding, such as windows-1250/);
    const { byId } = await importText(polish, { encoding: "windows-1250" });
    expect([byId["1"]?.title, byId["3"]?.title]).toEqual(["gałąź", "książka"]);
    const { books } = await importText(Buffer.from("id,title\n1,3 m\xb3h and 10 m\xb2, na\xefve\n", "latin1"));
    expect(books[0]?.title).toBe("3 m³h and 10 m², naïve");
    const apostrophes = await importText(Buffer.from("id,title\n1,Don\xbft\n2,Can\xbft\n3,Won\xbft\n", "latin1"));
    expect(apostrophes.byId["2"]?.title).toBe("Can¿t");
  });

  it("says of each field what was found and what was wanted", async () => {
    const { warned, byId } = await importText(
      "id,title,year,language,isbn13,ratings_count\n1,One,soon,Klingonish!,12345,lots\n2,Two,,,9.78E+12,\n3,Three,,,9780306406157.0,\n",
    );
    expect(warned).toEqual([
      '1 year: "soon" is no year: wanted one such as 1999 or -400',
      '1 language: "Klingonish!" is no language: wanted a code or a name, such as en or English',
      '1 isbn13: "12345" is no ISBN: wanted 10 or 13 digits, of which the last one fits the others',
      '1 popularity: "lots" is no count: wanted a whole number from 0 on',
      '2 isbn13: "9.78E+12" was rounded by a spreadsheet: wanted all digits, in a column of text',
    ]);
    expect(byId["3"]?.isbn13).toBe("9780306406157");
  });
});
