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

  it("says of each field what was found and what was wanted", async () => {
    const { warned, byId } = await importText(
      "id,title,year,language,isbn13,ratings_count\n1,One,MCM,Klingonish!,12345,lots\n2,Two,,,9.78E+12,\n3,Three,,,9780306406157.0,\n",
    );
    expect(warned).toEqual([
      '1 year: "MCM" is no year: wanted one such as 1999 or -400',
      '1 language: "Klingonish!" is no language: wanted a code or a name, such as en or English',
      '1 isbn13: "12345" is no ISBN: wanted 10 or 13 digits, of which the last one fits the others',
      '1 popularity: "lots" is no count: wanted a whole number from 0 on',
      '2 isbn13: "9.78E+12" was rounded by a spreadsheet: wanted all digits, in a column of text',
    ]);
    expect(byId["3"]?.isbn13).toBe("9780306406157");
  });
});
