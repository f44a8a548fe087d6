import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { gzipSync } from "node:zlib";
import { importText } from "@/tests/support/catalog/import_text.ts";

const years = async (dates: string[]) => {
  const { byId } = await importText(`id;title;published\n${dates.map((date, at) => `${at};T;${date}\n`).join("")}`);
  return dates.map((_, at) => byId[at]?.year);
};

describe("a strange file", () => {
  it("has days of other countries, and years before Christ", async () => {
    expect(await years(["12.05.1999", "1. 2. 2001", "05/06/1987", "c. 350 BC", "44 v. Chr.", "750 BCE"]))
      .toEqual([1999, 2001, 1987, -350, -44, -750]);
    expect(await years(["1999.12.31", "3.14.15.1999", "19th century"])).toEqual([1999, undefined, undefined]);
  });

  it("has counts with points or blanks between thousands", async () => {
    const { books } = await importText("id;title;ratings_count\n1;A;1.234\n2;B;1 234 567\n3;C;12.0\n4;D;1.2\n");
    expect(books.map(({ popularity }) => popularity)).toEqual([1_234, 1_234_567, 12, 0]);
  });

  it("has no counts made of fractions", async () => {
    const { books, warned } = await importText(
      'id,title,ratings_count\n1,A,0.500\n2,B,"1,234.000"\n3,C,"1.234,0"\n4,D,"1.234,500"\n',
    );
    expect(books.map(({ popularity }) => popularity)).toEqual([0, 1_234, 1_234, 0]);
    expect(warned.length).toBe(2);
    const json = await importText(
      '[{"id":"1","title":"A","ratings_count":12.345},{"id":"2","title":"B","ratings_count":5}]',
    );
    expect(json.books.map(({ popularity }) => popularity)).toEqual([0, 5]);
    expect(json.warned).toEqual(['1 popularity: "12.345" is no count: wanted a whole number from 0 on']);
  });

  it("has languages by names in other languages, with countries, and several", async () => {
    const names = [
      "Englisch",
      "anglais",
      "inglés",
      "English (UK)",
      "fra/eng",
      "/languages/eng",
      "svenska",
      "Old Norse!",
    ];
    const { books } = await importText(`id;title;language\n${names.map((name, at) => `${at};T;${name}\n`).join("")}`);
    expect(books.map(({ language }) => language)).toEqual(["en", "en", "en", "en", "fr", "en", "sv", undefined]);
  });

  it("of a spreadsheet has an author on each line of a cell", async () => {
    const { books } = await importText(
      'id,title,author\n1,A,"Ann Olin\nBo Oak"\n2,B,"Elm, Cy\r\nFir, Di (Translator)"\n',
    );
    expect(books.map(({ authors, contributors }) => [authors, contributors])).toEqual([
      [["Ann Olin", "Bo Oak"], undefined],
      [["Cy Elm"], [{ name: "Di Fir", role: "translator" }]],
    ]);
  });

  it("has huge cells read in the time of their length, with a warning", async () => {
    const names = (between: string) => Array.from({ length: 60_000 }, (_, at) => `Ann O${at}`).join(between);
    const began = performance.now();
    for (const author of [names(", "), names("\n"), names(" and "), "(".repeat(400_000)]) {
      const file = `id,title,author\n1,T${"() ".repeat(30_000)},"${author}"\n2,B,"Ann Olin, Ben Roe"\n`;
      const { books, warned } = await importText(file, { chunk: 65_536 });
      expect(books.map(({ id }) => id)).toEqual(["1", "2"]);
      expect(warned.some((warning) => /^1 authors/.test(warning))).toBe(true);
    }
    const blanks = " ".repeat(200_000);
    const { byId } = await importText(`id,title,subjects,description\n1,T,a${blanks}b,<b>c${blanks}d</b>\n`, {
      chunk: 65_536,
    });
    expect(byId["1"]?.description).toBe("c");
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  it("of LibraryThing says nothing of brackets without an ISBN", async () => {
    const { warned } = await importText("id\ttitle\tISBN\n1\tA\t[]\n");
    expect(warned).toEqual([]);
  });

  it("that is a table of Markdown or of a database has its rule refused", async () => {
    const { books, refused } = await importText("| id | title |\n|----|:----:|\n| 1 | Dune |\n");
    expect([books.map(({ title }) => title), refused]).toEqual([["Dune"], ["1 is a line of dashes"]]);
  });

  it("packed twice is unpacked, and one that is cut off or damaged says so", async () => {
    const text = `id,title\n${Array.from({ length: 500 }, (_, at) => `${at},Title ${at * 7919}`).join("\n")}\n`;
    const packed = gzipSync(text);
    expect((await importText(gzipSync(packed), { chunk: 500 })).books.length).toBe(500);
    await expect(importText(packed.subarray(0, -100), { chunk: 500 })).rejects.toThrow("the gzip file is cut off");
    const damaged = Uint8Array.from(packed);
    damaged[packed.length - 8]! ^= 1;
    await expect(importText(damaged, { chunk: 500 })).rejects.toThrow("the gzip file is damaged");
  });

  it("that is a list of JSON without its end has what is missing refused", async () => {
    for (const chunk of [1, 100]) {
      const { books, refused } = await importText('[{"id":"1","title":"A"},\n{"id":"2","title":"B"},\n', { chunk });
      expect([books.length, refused]).toEqual([2, [
        "3 is missing: the list has no end, so that the file may be cut off",
      ]]);
      expect((await importText('[{"id":"1","title":"A"}]\n', { chunk })).refused).toEqual([]);
    }
  });

  it("of Czech in windows-1250 asks for its encoding; one odd byte of windows-1252 costs its row", async () => {
    const czech = Buffer.from(
      "id,title\n1,\x8eluťou\xe8k\xfd ".replace("ť", "\x9d") + "k\xf9\xf2\n2,\x8aťastn\xfd\n".replace("ť", "\x9d"),
      "latin1",
    );
    await expect(importText(czech, { chunk: 1_000 })).rejects.toThrow(/say its encoding, such as windows-1250/);
    expect((await importText(czech, { encoding: "windows-1250" })).byId["1"]?.title).toBe("Žluťoučký kůň");
    const one = await importText(Buffer.from("id,title\n1,\xc9t\xe9\n2,A\x81\n", "latin1"), { chunk: 1_000 });
    expect([one.books.map(({ title }) => title), one.refused.length]).toEqual([["Été"], 1]);
  });

  it("of one row with a cell too many is not taken for a file of such rows", async () => {
    const { refused, books } = await importText("id,title,author\n1,Dune,Frank,Herbert\n");
    expect([books.length, refused]).toEqual([0, [expect.stringMatching(/^1 has more cells than the header/)]]);
  });

  it("that is a document is named", async () => {
    await expect(importText("{\\rtf1\\ansi id,title\\par 1,A}")).rejects.toThrow("this is a document (RTF)");
  });
});
