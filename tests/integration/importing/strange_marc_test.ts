import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { importText } from "@/tests/support/catalog/import_text.ts";
import { marcRecord, marcXml } from "@/tests/support/catalog/marc_file.ts";

const latin = (text: string) => new Uint8Array(Buffer.from(text, "latin1"));
const titled = (id: string, title: string) => marcRecord([["001", id], ["245", `10|a${title}`]]);
/** The same record with other signs at places 5 and 6 of its leader. */
const kind = (signs: string, record: Uint8Array) => {
  const copy = Uint8Array.from(record);
  copy.set(new TextEncoder().encode(signs), 5);
  return copy;
};

describe("a strange file of MARC records", () => {
  it("has a byte order mark before them, or junk between them, which costs its own record", async () => {
    const file = Buffer.concat([
      latin("\xef\xbb\xbf"),
      titled("1", "One"),
      latin("junk"),
      titled("2", "Two"),
      titled("3", "Three"),
    ]);
    const { books, format, refused } = await importText(file, { chunk: 1_000 });
    expect([format.kind, books.map(({ title }) => title)]).toEqual(["MARC 21", ["One", "Three"]]);
    expect(refused).toEqual(["2 is no MARC 21 record: its leader or directory cannot be read"]);
  });

  it("has records that are no books, or of deleted ones, refused as such", async () => {
    const unimarc = marcRecord([["001", "u"], ["200", "1 |aLe titre"]]);
    const records = [
      titled("1", "One"),
      kind("dam", titled("2", "Gone")),
      kind("nz ", titled("3", "Twain")),
      kind("nx ", titled("4", "x")),
      unimarc,
    ];
    const { books, refused } = await importText(Buffer.concat(records), { chunk: 1_000 });
    expect(books.map(({ title }) => title)).toEqual(["One"]);
    expect(refused).toEqual([
      "2 says that its book was deleted",
      "3 is an authority record, not a book",
      "4 is a holdings record, not a book",
      "5 is in UNIMARC, which is not read: export it as MARC 21",
    ]);
    const xml = marcXml([["001", "2"], ["245", "10|aGone"]]).replace("00000nam", "00000dam");
    expect((await importText(`<collection>${xml}</collection>`)).refused).toEqual(["1 says that its book was deleted"]);
  });

  it("has Latin-1 in records that should be in MARC-8 read as such, and accents of MARC-8 as well", async () => {
    const record = (id: string, title: string) => marcRecord([["001", id], ["245", `10|a${title}`]], latin, " ");
    const file = Buffer.concat([
      record("1", "Caf\xe9 fran\xe7ais \xe0 No\xebl"),
      record("2", "\xe1a la M\xe8uller \xb2re"),
    ]);
    const { books } = await importText(file, { chunk: 1_000 });
    expect(books.map(({ title }) => title)).toEqual(["Café français à Noël", "à la Müller øre"]);
    const odd = Buffer.concat([
      record("1", "B\xfccher f\xfcr Sch\xfcler"),
      record("2", "D\xe9p\xf4t de cr\xe8me"),
      record("3", "Caf\xe2e b\xe8os, \xe1 alone"),
      record("4", "\xebi\xeca Vi\xe3\xe2et"),
    ]);
    const { byId } = await importText(odd, { chunk: 1_000 });
    expect(["1", "2", "3", "4"].map((id) => byId[id]?.title)).toEqual([
      "Bücher für Schüler",
      "Dépôt de crème",
      "Café bös,  \u0300alone",
      "i\ufe20a\ufe21 Vi\u1ebft",
    ]);
  });

  it("has abbreviated roles written out", async () => {
    const { books } = await importText(marcRecord([["001", "1"], ["245", "10|aT"], ["700", "1 |aPope, Al,|etr."]]));
    expect(books[0]?.contributors).toEqual([{ name: "Al Pope", role: "translator" }]);
  });

  it("in XML that is broken says at which line, counted from 1", async () => {
    const text = `<collection>\n${marcXml([["001", "1"], ["245", "10|aOne"]])}\n<record></collection>`;
    await expect(importText(text)).rejects.toThrow(
      /^the XML cannot be read at line 3 column \d+: Unexpected close tag$/,
    );
  });

  it("in XML has no record without an end", async () => {
    const field = marcXml([["245", `10|a${"x".repeat(60_000)}`]]).replace(/<\/?record>/g, "");
    await expect(importText(`<collection><record>${field.repeat(300)}`, { chunk: 262_144 })).rejects.toThrow(
      "a record of more than 16777216 characters cannot be read",
    );
  });

  it("as text or as JSON is named", async () => {
    await expect(importText("=LDR  00000nam a2200000\n=245  10$aT\n")).rejects.toThrow("this is MARC as text");
    const json = '{"leader":"00000nam a22","fields":[{"001":"x"},{"245":{"subfields":[{"a":"T"}]}}]}';
    await expect(importText(json)).rejects.toThrow("this is MARC as JSON");
  });
});
