import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { gzipSync } from "node:zlib";
import { importText } from "@/tests/support/catalog/import_text.ts";

const CSV = "id,title,authors\ne1,Größe der Straße – „Zürich“,Jürgen Groß\n";
const EXPECTED = ["Größe der Straße – „Zürich“", ["Jürgen Groß"]];

/** The text in windows-1252, as far as these tests go. */
const windows = (text: string): Uint8Array =>
  Uint8Array.from(text, (sign) => ({ "–": 0x96, "„": 0x84, "“": 0x93 })[sign] ?? sign.charCodeAt(0));
const utf16 = (text: string, big = false): Uint8Array => {
  const bytes = Buffer.from(text, "utf16le");
  return big ? bytes.swap16() : bytes;
};

describe("the encoding of a file to import", () => {
  const files: Record<string, [Uint8Array, string]> = {
    "UTF-8": [Buffer.from(CSV), "utf-8"],
    "UTF-8 with a byte order mark": [Buffer.from(`\ufeff${CSV}`), "utf-8"],
    "UTF-16 LE with a mark": [utf16(`\ufeff${CSV}`), "utf-16le"],
    "UTF-16 BE with a mark": [utf16(`\ufeff${CSV}`, true), "utf-16be"],
    "UTF-16 LE without a mark": [utf16(CSV), "utf-16le"],
    "windows-1252": [windows(CSV), "windows-1252"],
    "UTF-8, gzipped": [gzipSync(CSV), "utf-8"],
    "windows-1252, gzipped": [gzipSync(windows(CSV)), "windows-1252"],
  };
  for (const [name, [bytes, said]] of Object.entries(files)) {
    for (const chunk of [1, 7, 100_000]) {
      it(`${name} is found out and said, in chunks of ${chunk}`, async () => {
        const { books, format, report } = await importText(bytes, { chunk });
        expect(books.map(({ title, authors }) => [title, authors])).toEqual([EXPECTED]);
        expect([format.encoding?.name, report.rejected, report.warnings]).toEqual([said, 0, 0]);
      });
    }
  }

  it("is found out where letters beyond ASCII come late, and a file of several has each line in its own", async () => {
    const plain = Array.from({ length: 9_000 }, (_, at) => `p${at},Plain title ${at},Somebody Plain\n`).join("");
    const start = Buffer.from(`id,title,authors\n${plain}`);
    const late = await importText(Buffer.concat([start, windows("l1,Späte Größe,Ann Olin\n")]), { chunk: 65_536 });
    expect([late.format.encoding?.name, late.report.rejected]).toEqual(["windows-1252", 0]);
    const mixed = await importText(
      Buffer.concat([
        Buffer.from("id,title\n"),
        windows("m1,Größe äöü äöü\nm2,Straße\n"),
        Buffer.from("m3,Łódź и Öl\n"),
      ]),
    );
    expect(mixed.books.map(({ title }) => title)).toEqual(["Größe äöü äöü", "Straße", "Łódź и Öl"]);
    expect(mixed.format.encoding?.mixed).toBe(true);
  });

  it("that is named is taken, also one that cannot be found out", async () => {
    const cyrillic = Uint8Array.from([0xed, 0xc9, 0xd2]); // "Мир" in KOI8-R
    const { books } = await importText(Buffer.concat([Buffer.from("id,title\nk1,"), cyrillic]), { encoding: "koi8-r" });
    expect(books[0]?.title).toBe("Мир");
    await expect(importText("id,title\n", { encoding: "klingon" })).rejects.toThrow(/klingon is not known/);
  });

  it("bytes that fit nothing refuse their row only, and never become U+FFFD", async () => {
    const start = Buffer.from("id,title\nb1,Gut und größer\nb2,Kaputt ");
    const bytes = Buffer.concat([start, Uint8Array.of(0xe4, 0x20, 0xff), Buffer.from("\nb3,Wieder gut öffnen\n")]);
    for (const chunk of [1, 5, 1_000]) {
      const { books, refused } = await importText(bytes, { chunk });
      expect(books.map(({ id }) => id)).toEqual(["b1", "b3"]);
      expect(refused).toEqual(["2 has bytes that are not UTF-8: 0xE4 0xFF"]);
    }
    const undefinedSign = await importText(Uint8Array.from([...Buffer.from("id,title\nu1,a"), 0x81]), {
      encoding: "latin1",
    });
    expect(undefinedSign.refused).toEqual(["1 has bytes that are not windows-1252: 0x81"]);
    const half = Buffer.concat([
      utf16("\ufeffid,title\nh1,Half "),
      Uint8Array.of(0x3d, 0xd8),
      utf16("\nh2,Whole 😀\n"),
    ]);
    const surrogates = await importText(half);
    expect([surrogates.books.map(({ title }) => title), surrogates.report.rejected]).toEqual([["Whole 😀"], 1]);
  });

  it("text that was encoded twice is decoded, with a warning", async () => {
    const twice = Buffer.from("ÀÉ grüße", "utf8").toString("latin1");
    const { books, warned } = await importText(`id,title\nt1,${twice}\n`);
    expect([books[0]?.title, warned]).toEqual(["ÀÉ grüße", ["1 row: text was encoded twice and is decoded"]]);
  });

  it("a gzipped file that ends too early is an error, not a short catalogue", async () => {
    const whole = gzipSync(CSV.repeat(500));
    await expect(importText(whole.subarray(0, whole.length - 20))).rejects.toThrow();
  });
});
